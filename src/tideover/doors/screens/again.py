"""A request that had to give way in the database is done again, before anybody hears of it.

Where two transactions wait for each other, PostgreSQL ends one of them: often that of a page, while a day is being
decided. A view calls one operation, and that is one transaction: what gave way has left nothing behind. What came
before it is known again by its once-key or by its state. So the view may simply be called again; where even that
fails, a page says that nothing was changed.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import structlog
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from psycopg.errors import DeadlockDetected, SerializationFailure

from tideover.doors.screens import errors

TRIES = 3
LONGEST_REST_SECONDS = 0.2

log = structlog.get_logger("tideover.web")


def answer(view: Callable[..., HttpResponse], request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """The view's answer, of the first try that need not give way; after the last one, that the system is busy."""
    said_before = request.session.get("toasts") if hasattr(request, "session") else None
    for attempt in range(1, TRIES + 1):
        try:
            return view(request, *args, **kwargs)
        except OperationalError as error:
            if not gave_way(error) or connection.in_atomic_block:
                raise
            match = getattr(request, "resolver_match", None)
            log.warning("request-gave-way", route=match.route if match else "-", attempt=attempt)
        _forget(request, said_before)
        time.sleep(random.uniform(0, LONGEST_REST_SECONDS))  # nosec B311: two that met shall not meet again
    return errors.busy(request)


def gave_way(error: OperationalError) -> bool:
    """Whether PostgreSQL ended the transaction for the sake of another, so that it may be tried again."""
    return isinstance(error.__cause__, (DeadlockDetected, SerializationFailure))


def _forget(request: HttpRequest, said_before: Any) -> None:
    """Take back what the try that came to nothing wanted to say on the next page."""
    if said_before is not None:
        request.session["toasts"] = said_before
    elif "toasts" in getattr(request, "session", {}):
        del request.session["toasts"]
