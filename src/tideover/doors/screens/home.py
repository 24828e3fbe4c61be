"""The first page after signing in: each role's own."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from tideover.core.access.types import Role
from tideover.doors.screens.roles import actor_of, for_all_staff

_FIRST_PAGE = (
    (Role.TEAM_LEADER, "today"),
    (Role.COLLECTOR, "work"),
    (Role.INTEGRATOR, "imports"),
    (Role.COMPLIANCE_OFFICER, "holds"),
    (Role.TRAINER, "certificates"),
    (Role.QA_REVIEWER, "cases"),
    (Role.ANALYST, "cases"),
)


@for_all_staff
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """To where this person's day begins."""
    roles = actor_of(request).roles
    name = next((name for role, name in _FIRST_PAGE if role in roles), "ladder")
    return HttpResponseRedirect(reverse(name))
