"""Logs without personal data: events, codes and ids; of an error only its kind and where it happened.

The text of a foreign exception can hold a row (``Key (phone)=(138…)``), so it is never written.
"""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog

from tideover.core.problem import Problem

EventDict = MutableMapping[str, Any]

FRAMES_MAX = 12


def describe_error(error: BaseException) -> dict[str, Any]:
    """What may be said of an error: class, frames, code and fields of our own, and the database's names."""
    frames = traceback.extract_tb(error.__traceback__)[-FRAMES_MAX:]
    told: dict[str, Any] = {
        "error": f"{type(error).__module__}.{type(error).__qualname__}",
        "frames": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
    if isinstance(error, Problem):
        told["code"] = error.code
        told["fields"] = sorted(error.fields)
    diagnosis = getattr(error, "diag", None) or getattr(error.__cause__, "diag", None)
    if diagnosis is not None:
        for name in ("sqlstate", "constraint_name", "table_name", "column_name"):
            if value := getattr(diagnosis, name, None):
                told[name] = value
    return told


def keep_errors_quiet(logger: Any, method: str, event: EventDict) -> EventDict:
    """Replace an exception by what may be said of it."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    error = info[1] if isinstance(info, tuple) else info
    if isinstance(error, BaseException):
        event.update(describe_error(error))
    event.pop("stack_info", None)
    return event


def drop_record_parts(logger: Any, method: str, event: EventDict) -> EventDict:
    """Drop what a library's log record carries besides its event: requests, arguments, agents."""
    for name in ("request", "user_agent", "ip", "job", "call_string", "task_kwargs"):
        event.pop(name, None)
    return event


SHARED = [
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]

LAST = [
    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
    drop_record_parts,
    keep_errors_quiet,
    structlog.processors.JSONRenderer(ensure_ascii=False, sort_keys=True),
]


def django_logging(level: str) -> dict[str, Any]:
    """Django's LOGGING setting: one JSON line an event, on standard error."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": SHARED,
                "processors": LAST,
            }
        },
        "handlers": {
            "standard-error": {"class": "logging.StreamHandler", "formatter": "json"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["standard-error"], "level": level},
        "loggers": {
            "tideover": {"level": "INFO"},
            # These repeat a failure with the request's text; our own middleware logs it once, without.
            "django.request": {"handlers": ["nowhere"], "propagate": False},
            "django.security": {"handlers": ["nowhere"], "propagate": False},
            "django.server": {"handlers": ["nowhere"], "propagate": False},
            # INFO names a job with its arguments.
            "procrastinate": {"level": "WARNING"},
        },
    }


def configure() -> None:
    """Send structlog's own loggers the same way as the standard library's."""
    structlog.configure(
        processors=[*SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(False)
