"""What holds for every page: language, roles, read-only while a rehearsal is replayed, headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import logout
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode

from tideover.core import words
from tideover.core.access.types import AccessRefused
from tideover.core.problem import Problem
from tideover.doors.screens import errors, replay
from tideover.doors.screens.roles import actor_of

Answer = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


class LanguageMiddleware:
    """The language chosen in this session, else the user's own, else the browser's."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        request.language = language  # type: ignore[attr-defined]
        with translation.override(language.lower()):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def language_of(request: HttpRequest) -> str:
    """``zh-Hans`` or ``en``."""
    chosen = request.session.get("language")
    if chosen in words.LANGUAGES:
        return chosen
    if request.user.is_authenticated:
        return words.normal_language(request.user.language)
    wanted = request.headers.get("Accept-Language", "")
    first = wanted.split(",")[0].strip()
    return words.normal_language(first or "zh-Hans")


class RolesMiddleware:
    """Deny by default: no stated role, no page."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        roles = getattr(view, "roles", None)
        if roles is None:
            raise PermissionDenied("this view states no role")
        if getattr(view, "is_public", False):
            return None
        if not request.user.is_authenticated:
            return to_sign_in(request)
        if not actor_of(request).roles & roles:
            raise PermissionDenied("role")
        if request.method not in ("GET", "HEAD") and not view.while_replaying and replay.is_running(request):
            return errors.read_only(request)
        return None

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, AccessRefused):
            return errors.refused(request, exception)
        if isinstance(exception, (Http404, PermissionDenied)):
            return None
        if isinstance(exception, Problem):
            return errors.problem(request, exception)
        return None


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back; a partial request is told to move the whole window."""
    logout(request)
    target = reverse("sign-in")
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = target
        return response
    if request.method == "GET" and request.path != "/":
        target += "?" + urlencode({"next": request.get_full_path()})
    return HttpResponseRedirect(target)


class HeadersMiddleware:
    """Nothing inline, nothing from elsewhere, no frame, and no page with personal data in a shared cache."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Content-Type-Options"] = "nosniff"
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=(), payment=()"
        headers.setdefault("Cache-Control", "no-store")
        return response
