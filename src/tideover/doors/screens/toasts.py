"""A short word after something was done: kept in the session until the next page shows it, once."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def add(request: HttpRequest, text: str, signal: str = "go") -> None:
    """Say it on the next page; ``signal`` is go, wait or stop."""
    request.session["toasts"] = [*request.session.get("toasts", []), {"text": text, "signal": signal}]


def take(request: HttpRequest) -> list[dict[str, Any]]:
    """What is to be said now; afterwards it is gone."""
    session = getattr(request, "session", None)
    if session is None or "toasts" not in session:
        return []
    return session.pop("toasts")
