"""What the web server calls. A failure is logged once, by kind and place, never with what was asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

import structlog
from django.core.signals import got_request_exception
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tideover.settings")
django_application = get_wsgi_application()
log = structlog.get_logger("tideover.web")


def log_failure(*, request: Any = None, **_: Any) -> None:
    """Say which route failed and how."""
    match = getattr(request, "resolver_match", None)
    log.error("request-failed", route=match.route if match else "-", exc_info=sys.exc_info())


got_request_exception.connect(log_failure)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Django's application; what fails even beyond its own error pages is answered and logged here."""
    try:
        return django_application(environ, start_response)
    except Exception:
        log_failure()
        start_response("500 Internal Server Error", [("Content-Type", "text/plain; charset=utf-8")])
        return [b"500\n"]
