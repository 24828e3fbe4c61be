"""What a line's event makes of a call. Pure: no Django, no clock, no I/O.

Events may come twice, late, or in the wrong order; each is taken for what it proves, and none takes back what is
known: a call that was answered stays answered.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tideover.act.contact.types import ANSWERED, CAUSES, DIALLED, ENDED, EVENTS, NOT_DIALLED, UNKNOWN

# How long a call of which the line says nothing keeps its user from making another one.
UNKNOWN_LASTS = timedelta(minutes=2)
SILENT_LASTS = timedelta(hours=2)


@dataclass(frozen=True)
class Course:
    """How far a call has come."""

    state: str
    dialled_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    cause: str | None = None
    seconds: int | None = None


def apply(course: Course, event: str, at: datetime, cause: str | None = None, seconds: int | None = None) -> Course:
    """The call after the event; the same course when the event says nothing new."""
    if event not in EVENTS:
        raise ValueError(f"a line reports {', '.join(EVENTS)}, not {event}")
    if cause is not None and cause not in CAUSES:
        raise ValueError(f"a call ends by {', '.join(CAUSES)}, not {cause}")
    if event == ENDED and cause == "answered" and course.answered_at is None:
        course = apply(course, ANSWERED, at - timedelta(seconds=seconds or 0))
    if course.dialled_at is None:
        state = DIALLED if course.state in (UNKNOWN, NOT_DIALLED) else course.state
        course = replace(course, state=state, dialled_at=at)
    if event == ANSWERED and course.answered_at is None:
        ended = course.ended_at is not None
        course = replace(
            course,
            state=ENDED if ended else ANSWERED,
            answered_at=at,
            cause="answered" if ended else None,
        )
    if event == ENDED and course.ended_at is None:
        how = "answered" if course.answered_at is not None else (cause or "no-answer")
        course = replace(course, state=ENDED, ended_at=at, cause=how, seconds=seconds)
    return course


def is_live(state: str, asked_at: datetime, at: datetime) -> bool:
    """Whether a call still occupies its user at the instant."""
    if state == UNKNOWN:
        return at < asked_at + UNKNOWN_LASTS
    return state in (DIALLED, ANSWERED) and at < asked_at + SILENT_LASTS
