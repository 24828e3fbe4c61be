"""The language switch: kept in the session, and for the next sign-in on the user."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tideover.core import words
from tideover.core.access import operations as access
from tideover.doors.screens.roles import for_everybody


@for_everybody
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Read on in the other language, on the same page."""
    wanted = request.POST.get("language", "")
    if wanted in words.LANGUAGES:
        request.session["language"] = wanted
        if request.user.is_authenticated:
            access.set_language(user_id=request.user.pk, language=wanted)
    back = request.POST.get("back", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    return HttpResponseRedirect(back)
