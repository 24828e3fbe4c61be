"""Signing in and out. Five failures within five minutes close a user name for as long."""

from __future__ import annotations

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from tideover.core.access import operations as access
from tideover.core.access import queries as access_queries
from tideover.core.access.types import UserRead
from tideover.core.clock import queries as clock_queries
from tideover.doors.screens import replay
from tideover.doors.screens.roles import STAFF, for_everybody


class SignInForm(forms.Form):
    """A user name and a password."""

    username = forms.CharField(max_length=60)
    password = forms.CharField(max_length=200, strip=False, widget=forms.PasswordInput)


@for_everybody
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The sign-in page; a wrong name and a wrong password are told in the same words."""
    if request.user.is_authenticated:
        return HttpResponseRedirect("/")
    form = SignInForm(request.POST or None)
    problem = None
    if request.method == "POST" and form.is_valid():
        problem = _try(request, form.cleaned_data["username"], form.cleaned_data["password"])
        if problem is None:
            return HttpResponseRedirect(_next(request))
    elif request.method == "POST":
        problem = "screens.sign-in.wrong"
    context = {
        "problem": problem,
        "next": request.POST.get("next") or request.GET.get("next", ""),
        "username": request.POST.get("username") or request.GET.get("user", ""),
        "demo_users": _demo_users() if replay.demo_of(request) is not None else [],
    }
    return render(request, "screens/sign_in.html", context, status=401 if problem else 200)


def _demo_users() -> list[UserRead]:
    """The demo's people, those whose pages a visitor wants to see first coming first."""

    def place(user: UserRead) -> int:
        return min((STAFF.index(role) for role in STAFF if role in user.roles), default=len(STAFF))

    return sorted(access_queries.list_users(), key=place)


def _try(request: HttpRequest, username: str, password: str) -> str | None:
    """Sign in and return None, or return the code of what is wrong."""
    attempt_id = access.begin_sign_in(username=username, at=clock_queries.real_now())
    if attempt_id is None:
        return "screens.sign-in.closed"
    user = authenticate(request, username=username, password=password)
    if user is None:
        return "screens.sign-in.wrong"
    access.note_signed_in(attempt_id=attempt_id)
    chosen = request.session.get("language")
    login(request, user)
    if chosen:
        request.session["language"] = chosen
    return None


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        return target
    return "/"


@for_everybody
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Out, and back to the sign-in page; the language stays."""
    chosen = request.session.get("language")
    logout(request)
    if chosen:
        request.session["language"] = chosen
    return HttpResponseRedirect("/sign-in")
