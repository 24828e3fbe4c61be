"""What others may know of a client: who lends, where, and on what terms we work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from tideover.core.clock import rules as clock
from tideover.core.money import Money
from tideover.core.problem import Problem

MANDATES = ("first-party", "agency", "debt-buyer")
BALANCE_AUTHORITIES = ("lender", "tideover")
STOP_CAUSES = (
    "rows-differ",
    "totals-differ",
    "sequence-used",
    "out-of-order",
    "future-dated",
    "stale",
    "gone-above-share",
    "sequence-gap",
)
"""Why a client's collection stops, the gravest first."""
EVERY_DAY, WORKING_DAY = "every-day", "working-day"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONEY_FIELDS = ("stated", "counted", "difference")
FILE_KINDS = ("placement", "full", "delta", "payments", "recall")


@dataclass(frozen=True)
class ClientRead:
    """A creditor and its terms. ``zone`` is where its days begin and end."""

    id: int
    code: str
    name_en: str
    name_zh: str
    country: str
    zone: str
    mandate: str
    balance_authority: str
    day_begins: time
    payment_file_lag_days: int
    made_at: datetime

    def name(self, language: str) -> str:
        """The client's name in a language."""
        return self.name_zh if language == "zh-Hans" else self.name_en

    def local_date(self, at: datetime) -> date:
        """The client's date at an instant."""
        return clock.local_date(at, self.zone)

    def end_of_day(self, day: date) -> datetime:
        """The instant at which a date ends at the client; a cut-off date is stated as of then."""
        return clock.end_of_day(day, self.zone)


@dataclass(frozen=True)
class StopReason:
    """One thing that stops collection. Its words are ``clients.stop.<code>``, with these fields."""

    code: str
    fields: Mapping[str, Any]

    @property
    def words(self) -> str:
        """The code of the words that say it."""
        return f"clients.stop.{self.code}"

    @property
    def told(self) -> Mapping[str, Any]:
        """Its fields for those words: dates as dates, and amounts as money where a currency stands among them."""
        told = {name: _as_date(value) for name, value in self.fields.items()}
        if currency := self.fields.get("currency"):
            told |= {name: Money(Decimal(self.fields[name]), currency) for name in MONEY_FIELDS if name in told}
        return told


def _as_date(value: Any) -> Any:
    try:
        return date.fromisoformat(value) if isinstance(value, str) and len(value) == 10 else value
    except ValueError:
        return value


@dataclass(frozen=True)
class StopRead:
    """A client's collection stopped: since which import, why, whether it is explained now, who let it go on."""

    id: int
    client_id: int
    cause: str
    reasons: tuple[StopReason, ...]
    import_id: int
    placed_at: datetime
    placed_by_id: int | None
    placed_by: str
    explained_at: datetime | None
    explained_import_id: int | None
    explained_by_id: int | None
    explained_by: str | None
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    note: str

    @property
    def is_open(self) -> bool:
        """Whether nobody has acknowledged it: collection stands still."""
        return self.acknowledged_at is None

    @property
    def is_explained(self) -> bool:
        """Whether a later file explains it; a person must acknowledge all the same."""
        return self.explained_at is not None


@dataclass(frozen=True)
class ExpectedFile:
    """A file that the client sends: of which kind, by what local time, on which days, from which day on."""

    kind: str
    mapping: str | None
    by: time
    days: str
    from_date: date | None = None


@dataclass(frozen=True)
class ProfileRead:
    """What a client sends and how: the policy file ``profiles.<code>``, else ``profiles.default``."""

    id: str
    version: str
    expects: tuple[ExpectedFile, ...]
    encoding: str | None
    delimiter: str | None
    control: str | None
    gone_share_max: Decimal
    calendar: str | None


class UnknownStop(Problem):
    """There is no stop of this number in the actor's scope."""

    code = "clients.stop-unknown"


class StopAcknowledged(Problem):
    """Somebody has acknowledged it before."""

    code = "clients.stop-acknowledged"


class OwnImport(Problem):
    """Who imported a file does not acknowledge the stop that it caused, nor who sent its mending."""

    code = "clients.own-import"


class NoteMissing(Problem):
    """Collection goes on for a stated reason, or not at all."""

    code = "clients.note-missing"


class UnknownClient(Problem):
    """No client has this code; it is made by command, never by a file."""

    code = "clients.unknown"


class ClientCodeTaken(Problem):
    """A client with this code exists, with other terms."""

    code = "clients.code-taken"


class ClientTermsWrong(Problem):
    """One of the terms is not one of those that there are."""

    code = "clients.terms-wrong"
