"""Pages that say what went wrong and what to do next, in the reader's language."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tideover.core import words
from tideover.core.problem import Problem


def page(request: HttpRequest, status: int, code: str, detail: str = "") -> HttpResponse:
    """One error page: a heading, what it means, a way on."""
    if not hasattr(request, "language"):
        request.language = "en"  # type: ignore[attr-defined]
    context = {"status": status, "title_code": f"{code}.title", "says_code": f"{code}.says", "detail": detail}
    response = render(request, "screens/error.html", context, status=status)
    if request.headers.get("HX-Request"):
        # A part of a page was asked for; what went wrong takes the place of the whole content.
        response["HX-Retarget"], response["HX-Reselect"], response["HX-Reswap"] = (
            "#content",
            "#content > *",
            "innerHTML",
        )
    return response


def problem(request: HttpRequest, exception: Problem) -> HttpResponse:
    """A rule said no, or the thing is not there: the room's own words."""
    status = getattr(exception, "status", None) or (
        HTTPStatus.NOT_FOUND if exception.code.endswith("not-found") else HTTPStatus.CONFLICT
    )
    return page(request, status, "screens.problem", words.render(exception, request.language))


def refused(request: HttpRequest, exception: Problem) -> HttpResponse:
    """Role or scope do not cover it."""
    return page(request, HTTPStatus.FORBIDDEN, "screens.forbidden")


def read_only(request: HttpRequest) -> HttpResponse:
    """The rehearsal is still being replayed: nothing may be written by hand meanwhile."""
    return page(request, HTTPStatus.SERVICE_UNAVAILABLE, "screens.read-only")


def busy(request: HttpRequest) -> HttpResponse:
    """Others wrote the same rows, again and again; nothing of this request was kept."""
    response = page(request, HTTPStatus.SERVICE_UNAVAILABLE, "screens.busy")
    response["Retry-After"] = "5"
    return response


def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, HTTPStatus.BAD_REQUEST, "screens.bad-request")


def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, HTTPStatus.FORBIDDEN, "screens.forbidden")


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    return page(request, HTTPStatus.FORBIDDEN, "screens.form-expired")


def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return page(request, HTTPStatus.NOT_FOUND, "screens.not-found")


def server_error(request: HttpRequest) -> HttpResponse:
    return page(request, HTTPStatus.INTERNAL_SERVER_ERROR, "screens.broken")


# A path that no view answers still passes the role check: Django resolves these four by name.
