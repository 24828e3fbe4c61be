"""What every page may show: language, navigation, the clock, the replay."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.http import HttpRequest

from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.doors.screens import replay, toasts
from tideover.doors.screens.roles import actor_of
from tideover.doors.screens.scope import demo_zone, zone_of
from tideover.doors.screens.stopped import list_stopped

# code of the word, url name, who sees it
NAVIGATION = (
    ("screens.nav.work", "work", (Role.COLLECTOR,)),
    ("screens.nav.today", "today", (Role.TEAM_LEADER,)),
    ("screens.nav.team", "team", (Role.TEAM_LEADER,)),
    ("screens.nav.cases", "cases", (Role.QA_REVIEWER, Role.ANALYST)),
    ("screens.nav.reassign", "reassign", (Role.TEAM_LEADER,)),
    ("screens.nav.certificates", "certificates", (Role.TRAINER, Role.TEAM_LEADER)),
    ("screens.nav.inbound", "inbound", (Role.COLLECTOR, Role.TEAM_LEADER)),
    ("screens.nav.imports", "imports", (Role.INTEGRATOR,)),
    ("screens.nav.payments", "payments", (Role.INTEGRATOR,)),
    ("screens.nav.unreachable", "unreachable", (Role.INTEGRATOR,)),
    ("screens.nav.missing", "missing", (Role.INTEGRATOR, Role.TEAM_LEADER)),
    ("screens.nav.breaks", "breaks", (Role.INTEGRATOR, Role.COMPLIANCE_OFFICER, Role.ANALYST)),
    ("screens.nav.batches", "batches", (Role.TEAM_LEADER, Role.INTEGRATOR, Role.ANALYST)),
    ("screens.nav.stops", "stops", (Role.COMPLIANCE_OFFICER,)),
    ("screens.nav.holds", "holds", (Role.COMPLIANCE_OFFICER, Role.TEAM_LEADER)),
    ("screens.nav.ladder", "ladder", None),
)


def frame(request: HttpRequest) -> dict[str, Any]:
    """The frame around each page."""
    signed_in = getattr(request, "user", None) is not None and request.user.is_authenticated
    demo = replay.demo_of(request)
    reading = clock_queries.read()
    zone = zone_of(request) if signed_in else demo_zone(request)
    match = getattr(request, "resolver_match", None)
    return {
        "language": getattr(request, "language", "en"),
        "other_language": "en" if getattr(request, "language", "en") == "zh-Hans" else "zh-Hans",
        "signed_in": signed_in,
        "nav": _navigation(request) if signed_in else [],
        "stopped": list_stopped(request) if signed_in else [],
        "here": match.url_name if match else "",
        "clock": reading,
        "desk_zone": zone,
        "demo": demo,
        "is_replaying": demo is not None and not demo.is_ready,
        "clock_next": _next_hour(clock.local_time(reading.at, zone)),
        "toasts": toasts.take(request),
    }


def _next_hour(now: time) -> str:
    """What the demo's clock is likely to be set to: the full hour that comes, or the day's end."""
    return f"{now.hour + 1:02d}:00" if now.hour < 23 else "23:59"


def _navigation(request: HttpRequest) -> list[dict[str, str]]:
    roles = actor_of(request).roles
    return [{"code": code, "url": url} for code, url, allowed in NAVIGATION if allowed is None or roles & set(allowed)]
