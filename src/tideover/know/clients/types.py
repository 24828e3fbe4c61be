"""What others may know of a client: who lends, where, and on what terms we work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from tideover.core.clock import rules as clock
from tideover.core.problem import Problem

MANDATES = ("first-party", "agency", "debt-buyer")
BALANCE_AUTHORITIES = ("lender", "tideover")


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


class UnknownClient(Problem):
    """No client has this code; it is made by command, never by a file."""

    code = "clients.unknown"


class ClientCodeTaken(Problem):
    """A client with this code exists, with other terms."""

    code = "clients.code-taken"


class ClientTermsWrong(Problem):
    """One of the terms is not one of those that there are."""

    code = "clients.terms-wrong"
