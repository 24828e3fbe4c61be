"""What crosses the threshold of contact: a call as others read it, and what can be refused. No Django."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tideover.core.problem import Problem

UNKNOWN, DIALLED, ANSWERED, ENDED, NOT_DIALLED = "unknown", "dialled", "answered", "ended", "not-dialled"
EVENTS = (DIALLED, ANSWERED, ENDED)
CAUSES = ("answered", "no-answer", "busy", "unreachable", "failed")


OUTBOUND, INBOUND = "outbound", "inbound"


@dataclass(frozen=True)
class CallRead:
    """One dial against one permit, or a call that came in. ``number`` is filled only where a person must dial it.

    What came in has no permit, and no contact point where the caller's number is not on file.
    """

    id: int
    permit_id: int | None
    case_id: int
    account_id: int
    customer_id: int
    person_id: int
    client_id: int
    contact_point_id: int | None
    user_id: int
    work_item_id: int | None
    line: str
    state: str
    asked_at: datetime
    dialled_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    cause: str | None
    seconds: int | None
    right_person_at: datetime | None
    third_person_at: datetime | None
    outcome_id: int | None
    direction: str = OUTBOUND
    number: str | None = None

    @property
    def came_in(self) -> bool:
        """Whether they called us."""
        return self.direction == INBOUND

    @property
    def was_answered(self) -> bool:
        """Whether any person took the call."""
        return self.answered_at is not None

    @property
    def is_third_person(self) -> bool:
        """Whether somebody else than the customer is on the line: only the call-back line may be shown."""
        if self.third_person_at is None:
            return False
        return self.right_person_at is None or self.right_person_at < self.third_person_at

    @property
    def amounts_hidden(self) -> bool:
        """Whether amounts stay out of sight: from asking the line until the right person is recorded.

        A third person who comes on the line hides them again. Once the outcome is recorded the call is over.
        """
        if self.outcome_id is not None or self.state == NOT_DIALLED:
            return False
        if self.state == ENDED and not self.was_answered:
            return False
        return self.right_person_at is None or self.is_third_person


class LineUnknown(Problem):
    """No line of this name is connected."""

    code = "contact.line-unknown"


class MayNotWork(Problem):
    """The user neither owns nor covers the case, nor leads a team of its client."""

    code = "contact.may-not-work"


class AlreadyOnCall(Problem):
    """A person makes one call at a time."""

    code = "contact.already-on-call"


class CaseBeingCalled(Problem):
    """Somebody else is on the line with this customer."""

    code = "contact.case-being-called"


class NothingToDial(Problem):
    """The case is closed, or no account of it is open."""

    code = "contact.nothing-to-dial"


class LineUnsure(Problem):
    """The line did not say whether it dialled: the attempt counts, and is not sent again by itself."""

    code = "contact.line-unsure"


class CallUnknown(Problem):
    """There is no call of this number."""

    code = "contact.call-unknown"


class NotYourCall(Problem):
    """Only whoever made the call says who is on the line."""

    code = "contact.not-your-call"


class NotAnswered(Problem):
    """Nobody has taken the call, so nobody can be recorded as being on the line."""

    code = "contact.not-answered"


class CallRecorded(Problem):
    """The call's outcome stands; who was on the line can no longer be changed."""

    code = "contact.call-recorded"


class ForeignContactPoint(Problem):
    """The number is none of the customer's, so nobody called from it for them."""

    code = "contact.foreign-contact-point"
