"""What the gate reads at the moment of asking: live rows of the rooms below, never last night's snapshot."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tideover.core.clock.rules import UnknownZone, zone_of
from tideover.core.policy import queries as policy
from tideover.decide.gate import rulebook, rules
from tideover.decide.gate.models import Attempt
from tideover.decide.gate.rulebook import Rulebook
from tideover.decide.gate.types import BORROWER, COMPLAINED_OF, AttemptSeen, Circumstances, HoldSeen, PartySeen
from tideover.know.cases import queries as cases
from tideover.know.cases.types import CaseBrief, HoldRead, NoLadder, UnknownStage
from tideover.know.clients import queries as clients
from tideover.know.customers import queries as customers
from tideover.know.customers.types import ContactPointRead, Reached
from tideover.know.ledger import queries as ledger
from tideover.know.portfolio import queries as portfolio
from tideover.know.staff import queries as staff

_books: dict[str, Rulebook] = {}


def current_book() -> Rulebook:
    """The rules that this installation has in force; read once a version."""
    files = [*policy.load("jurisdictions"), *policy.load("coverage")]
    key = "".join(file.version for file in files)
    if key not in _books:
        _books[key] = rulebook.make(files)
    return _books[key]


def party_of(case: CaseBrief, reached: Reached | None) -> PartySeen:
    """Who is reached: a party of the account that leads, else the borrower (and it is refused).

    Whoever stands surety or borrowed together is a person with caps, holds and a place of their own.
    """
    borrower = PartySeen(case.customer_id, case.person_id, BORROWER)
    if reached is None or reached.customer_id == case.customer_id:
        return borrower
    role = portfolio.get_role(case.account_id, reached.customer_id)
    if role is None:
        return borrower
    return PartySeen(reached.customer_id, reached.person_id, role)


def read(
    *,
    case: CaseBrief,
    party: PartySeen,
    contact_point_id: int,
    channel: str,
    purpose: str,
    at: datetime,
    user_id: int,
) -> Circumstances:
    """Everything that the rules may look at. What cannot be read stays unknown, and so refuses."""
    seen = _read(case, party, channel, purpose, at, user_id)
    points = customers.list_contact_points(party.customer_id)
    return _by(seen, contact_point_id, next((point for point in points if point.id == contact_point_id), None), at)


def read_each_point(
    *, case: CaseBrief, party: PartySeen, channel: str, purpose: str, at: datetime, user_id: int
) -> list[Circumstances]:
    """The same, once for each of the party's contact points, those in use first; without any, once."""
    seen = _read(case, party, channel, purpose, at, user_id)
    points = customers.list_contact_points(party.customer_id)
    usable_first = sorted(points, key=lambda point: (not point.is_usable(at), point.position))
    return [_by(seen, point.id, point, at) for point in usable_first] or [_by(seen, None, None, at)]


def _read(case: CaseBrief, party: PartySeen, channel: str, purpose: str, at: datetime, user_id: int) -> Circumstances:
    customer = customers.get_customer(party.customer_id)
    account = portfolio.get_account(case.account_id)
    client = clients.get_client_by_id(case.client_id)
    owed, late = ledger.find_owed_and_lateness(account, client, at) if case.stage is not None else (None, None)
    holds = cases.list_binding_holds(party.person_id, case.id, case.account_id, purpose, at, user_id=user_id)
    return Circumstances(
        channel=channel,
        purpose=purpose,
        country=customer.country,
        zone=_zone(customer.zone),
        case_open=case.is_open and case.stage is not None,
        owed=None if owed is None else owed.amount,
        placed=portfolio.is_placed(account.id, client.local_date(at)),
        days_late=None if late is None else late.dpd,
        opted_out=customers.has_opted_out(party.customer_id, channel, purpose, at),
        certified=_certified(case, account.product, user_id, at),
        contact_point_id=None,
        contact_point_usable=None,
        contact_point_is_customers=None,
        holds=tuple(HoldSeen(_reason(hold), hold.until_at) for hold in holds),
        attempts=attempts_of(party.person_id, at),
        client_stopped=clients.is_stopped(case.client_id),
    )


def _by(seen: Circumstances, point_id: int | None, point: ContactPointRead | None, at: datetime) -> Circumstances:
    """The circumstances of a contact by this point; one that is not the customer's own is refused."""
    return replace(
        seen,
        contact_point_id=point_id,
        contact_point_usable=point is not None and point.is_usable(at),
        contact_point_is_customers=point is not None and point.owner == "customer",
    )


def attempts_of(person_id: int, at: datetime) -> tuple[AttemptSeen, ...]:
    """The person's attempts that count, to any client, as far back as a week in any zone reaches."""
    since = at - timedelta(days=rules.WEEK_DAYS + 2)
    found = Attempt.objects.filter(person_id=person_id, counts=True, local_date__gte=since.date(), at__gte=since)
    return tuple(
        AttemptSeen(*row)
        for row in found.order_by("pk").values_list("at", "channel", "contact_point_id", "result", "direction")
    )


def _zone(zone: str | None) -> str | None:
    """The customer's zone; a name that no clock knows is an unknown one."""
    try:
        return zone_of(zone).key if zone is not None else None
    except UnknownZone:
        return None


def _reason(hold: HoldRead) -> str:
    """Why a hold binds; a complaint against the user who asks is one of its own."""
    return str(hold.reason) if hold.against_user_id is None else COMPLAINED_OF


def _certified(case: CaseBrief, product: str, user_id: int, at: datetime) -> bool | None:
    """Whether the user may work the account's stage; unknown when no ladder says which skill it asks for."""
    if case.stage is None:
        return None
    try:
        skill = cases.get_ladder(product).rules.get(case.stage).skill
    except (NoLadder, UnknownStage):
        return None
    return None if skill is None else staff.has_certificate(user_id, skill, at)
