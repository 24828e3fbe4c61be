"""Whether this is a demo, and whether its rehearsal is still being replayed: until it is done, pages are read-only."""

from __future__ import annotations

from django.http import HttpRequest

from tideover.rehearsal import queries as rehearsal_queries
from tideover.rehearsal.types import DemoRead


def demo_of(request: HttpRequest) -> DemoRead | None:
    """The demo of this installation, or None; read once a request."""
    if not hasattr(request, "_demo"):
        request._demo = rehearsal_queries.find_demo()  # type: ignore[attr-defined]
    return request._demo  # type: ignore[attr-defined]


def is_running(request: HttpRequest) -> bool:
    """Whether writing by hand must wait."""
    demo = demo_of(request)
    return demo is not None and not demo.is_ready
