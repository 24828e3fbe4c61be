"""Who may open a page: deny by default. A view that states no role cannot be reached by anybody."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

from tideover.core.access.types import Actor, Role
from tideover.doors.screens import again
from tideover.doors.screens.actors import get_actor

View = Callable[..., HttpResponse]

STAFF = (
    Role.COLLECTOR,
    Role.TEAM_LEADER,
    Role.INTEGRATOR,
    Role.COMPLIANCE_OFFICER,
    Role.TRAINER,
    Role.QA_REVIEWER,
    Role.ANALYST,
    Role.ADMINISTRATOR,
)


def for_roles(*roles: Role, while_replaying: bool = False) -> Callable[[View], View]:
    """State who may open the view, which is tried again where it gave way in the database.

    ``while_replaying`` lets it write while a rehearsal is being replayed.
    """

    def mark(view: View) -> View:
        @wraps(view)
        def stated(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return again.answer(view, request, *args, **kwargs)

        stated.roles = frozenset(roles)  # type: ignore[attr-defined]
        stated.while_replaying = while_replaying  # type: ignore[attr-defined]
        return stated

    return mark


def for_all_staff(view: View) -> View:
    """Anybody who is signed in, whatever their role."""
    return for_roles(*STAFF)(view)


def for_everybody(view: View) -> View:
    """Also before signing in: the sign-in page, the language switch, the health check."""
    marked = for_roles(*STAFF, while_replaying=True)(view)
    marked.is_public = True  # type: ignore[attr-defined]
    return marked


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person as an actor, with roles and scope; read once a request."""
    actor = getattr(request, "_actor", None)
    if actor is None:
        actor = get_actor(request.user)
        request._actor = actor  # type: ignore[attr-defined]
    return actor
