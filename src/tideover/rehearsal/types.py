"""What the rehearsal tells the doors."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import date, timedelta

from tideover.core.problem import Problem


class Stage(enum.StrEnum):
    """How far the demo has come. Only while it is ready may the pages be written on."""

    IMPORTING = "importing"
    REPLAYING = "replaying"
    READY = "ready"


@dataclass(frozen=True)
class DemoRead:
    """The demo of this installation. ``days_done`` of ``days_total`` were replayed; later days are the desk's."""

    client_code: str
    seed: int
    accounts_count: int
    loans_count: int
    first_date: date
    days_total: int
    days_done: int
    stage: Stage
    by_hand_user_ids: frozenset[int]

    @property
    def is_ready(self) -> bool:
        """Whether the desk is the people's."""
        return self.stage is Stage.READY

    @property
    def cut_off_date(self) -> date:
        """The date of the lender's file: the eve of the first day."""
        return self.first_date - timedelta(days=1)

    @property
    def open_day(self) -> int:
        """The number of the open day; the first one is 1."""
        return self.days_done + 1

    @property
    def open_date(self) -> date:
        """The day that is open: the first one that has not been played to its end."""
        return self.first_date + timedelta(days=self.days_done)


@dataclass(frozen=True)
class SignIn:
    """A demo user, as told on the terminal."""

    username: str
    display_name: str
    role: str
    password: str


@dataclass(frozen=True)
class DayPlayed:
    """What happened on a replayed day."""

    day: date
    payments_count: int
    dialled_count: int
    answered_count: int
    promised_count: int
    refused_count: int
    reviewed_count: int


class NotADemo(Problem):
    """The clock moves and people are simulated in a demo only; this installation is none."""

    code = "rehearsal.not-a-demo"


class StillReplaying(Problem):
    """The rehearsal is still being replayed; the desk is handed over when it is done."""

    code = "rehearsal.still-replaying"


class ClockGoesForward(Problem):
    """Within a day the clock may only go forward, so that nothing happens before what caused it."""

    code = "rehearsal.clock-goes-forward"
