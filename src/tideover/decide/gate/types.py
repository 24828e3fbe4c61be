"""What crosses the gate's threshold, and what it looks at to decide. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tideover.core.problem import Problem

CALL = "call"
COLLECTION = "collection"
SERVICE = "service"
BORROWER = "borrower"
CHANNELS = ("call", "sms", "wechat", "email", "letter", "visit")
PURPOSES = ("collection", "service", "required-by-law")
RESULTS = ("no-answer", "answered", "not-dialled")

# What refuses when no rule file has the word: the clause of such a refusal, and the code of its words.
COUNTRY_UNKNOWN = "gate.country-unknown"
COUNTRY_NOT_COVERED = "gate.country-not-covered"
CHANNEL_NOT_COVERED = "gate.channel-not-covered"
PURPOSE_NOT_COVERED = "gate.purpose-not-covered"
NO_RULE = "gate.no-rule"
# The client's own file stopped its collection: no rule file can permit what a person must first acknowledge.
CLIENT_STOPPED = "gate.client-stopped"
NOTHING_OWED = "gate.nothing-owed"
NOT_PLACED = "gate.not-placed"

# The reason of a hold that keeps one user alone off: the customer has complained of them.
COMPLAINED_OF = "complained-of"
OUTBOUND, INBOUND = "outbound", "inbound"


@dataclass(frozen=True)
class PermitAnswer:
    """Leave for one attempt, or the refusal with its clause. A refusal names no other client.

    ``until_at`` is when contact may be allowed again if nothing else changes; None: not by itself.
    ``permit_id`` is None when it was only a look. ``zone`` is where ``until_at`` is to be read.
    """

    granted: bool
    permit_id: int | None
    clause: str | None
    until_at: datetime | None
    says: Mapping[str, str]
    left_today: int
    left_week: int
    zone: str | None = None
    expires_at: datetime | None = None
    party: PartySeen | None = None


@dataclass(frozen=True)
class PartySeen:
    """Who is reached: the borrower, or another party of the account, each a person of their own."""

    customer_id: int
    person_id: int
    role: str


@dataclass(frozen=True)
class AttemptSeen:
    """An attempt that counts, as the tally sees it: to any client, by any collector."""

    at: datetime
    channel: str
    contact_point_id: int | None
    result: str
    direction: str = OUTBOUND


@dataclass(frozen=True)
class HoldSeen:
    """A hold that binds this contact for its purpose."""

    reason: str
    until_at: datetime


@dataclass(frozen=True)
class Circumstances:
    """Everything that a decision of the gate may look at. ``None`` is unknown, and what is unknown refuses."""

    channel: str
    purpose: str
    country: str | None
    zone: str | None
    case_open: bool | None
    owed: Decimal | None
    opted_out: bool | None
    certified: bool | None
    contact_point_id: int | None
    contact_point_usable: bool | None
    contact_point_is_customers: bool | None
    holds: tuple[HoldSeen, ...] = ()
    attempts: tuple[AttemptSeen, ...] = ()
    client_stopped: bool | None = False
    placed: bool | None = True
    days_late: int | None = None

    @property
    def nothing_is_owed(self) -> bool:
        """Whether it is known that nothing is left to collect: paid, or no longer late, as of this moment."""
        return (self.owed is not None and self.owed <= 0) or (self.days_late is not None and self.days_late <= 0)


@dataclass(frozen=True)
class Verdict:
    """What the rules say of the circumstances at an instant.

    ``fields`` fill the clause's words. ``unknown`` is True when the clause could not be decided at all.
    """

    granted: bool
    clause: str | None
    until_at: datetime | None
    left_today: int
    left_week: int
    zone: str | None
    unknown: bool
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class PermitRead:
    """A permit as it was given, for the room that uses it."""

    id: int
    granted: bool
    clause: str | None
    person_id: int
    customer_id: int
    client_id: int
    case_id: int
    account_id: int
    contact_point_id: int
    user_id: int
    channel: str
    purpose: str
    asked_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    local_date: date


class ContactRefused(Problem):
    """No permit was given: the answer with its clause, its words, and until when it refuses."""

    code = "gate.contact-refused"

    def __init__(self, answer: PermitAnswer) -> None:
        super().__init__(clause=answer.clause, until_at=answer.until_at, says=answer.says)
        self.answer = answer


class PermitUnknown(Problem):
    """There is no permit of this number."""

    code = "gate.permit-unknown"


class PermitSpent(Problem):
    """The permit was refused, has expired, or was used already. A permit is for one attempt."""

    code = "gate.permit-spent"


class CannotGiveBack(Problem):
    """The count of an attempt is given back only while nothing is known to have left."""

    code = "gate.cannot-give-back"
