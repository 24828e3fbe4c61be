"""What the gate reads at the moment of asking: live rows of the rooms below, never last night's snapshot."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from tideover.core.clock.rules import UnknownZone, zone_of
from tideover.core.policy import queries as policy
from tideover.decide.gate import rulebook, rules
from tideover.decide.gate.models import Attempt
from tideover.decide.gate.rulebook import Rulebook
from tideover.decide.gate.types import AttemptSeen, Circumstances, HoldSeen
from tideover.know.cases import queries as cases
from tideover.know.cases.types import CaseAccountRead, CaseRead, NoLadder, UnknownStage
from tideover.know.customers import queries as customers
from tideover.know.ledger import queries as ledger
from tideover.know.ledger.types import BalanceUnknown
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


def read(
    *,
    case_id: int,
    account_id: int,
    contact_point_id: int | None,
    channel: str,
    purpose: str,
    at: datetime,
    user_id: int,
) -> Circumstances:
    """Everything that the rules may look at. What cannot be read stays unknown, and so refuses."""
    case = cases.get_case(case_id)
    customer = customers.get_customer(case.customer_id)
    place = next((each for each in case.open_accounts if each.account_id == account_id), None)
    points = {point.id: point for point in customers.list_contact_points(case.customer_id)}
    point = points.get(contact_point_id) if contact_point_id is not None else None
    return Circumstances(
        channel=channel,
        purpose=purpose,
        country=customer.country,
        zone=_zone(customer.zone),
        case_open=case.is_open and place is not None,
        owed=_owed(account_id, at) if place is not None else None,
        opted_out=customers.has_opted_out(case.customer_id, channel, purpose, at),
        certified=_certified(place, user_id, at),
        contact_point_id=contact_point_id,
        contact_point_usable=point is not None and point.is_usable(at),
        contact_point_is_customers=point is not None and point.owner == "customer",
        holds=tuple(
            HoldSeen(str(hold.reason), hold.until_at)
            for hold in cases.list_binding_holds(case.person_id, case_id, account_id, purpose, at)
        ),
        attempts=attempts_of(case.person_id, at),
    )


def attempts_of(person_id: int, at: datetime) -> tuple[AttemptSeen, ...]:
    """The person's attempts that count, to any client, as far back as a week in any zone reaches."""
    since = at - timedelta(days=rules.WEEK_DAYS + 2)
    found = Attempt.objects.filter(person_id=person_id, counts=True, local_date__gte=since.date(), at__gte=since)
    return tuple(
        AttemptSeen(*row) for row in found.order_by("pk").values_list("at", "channel", "contact_point_id", "result")
    )


def usable_points(case: CaseRead, at: datetime) -> list[int]:
    """The customer's own contact points in the client's order, those in use first."""
    points = customers.list_contact_points(case.customer_id)
    return [point.id for point in sorted(points, key=lambda point: (not point.is_usable(at), point.position))]


def _zone(zone: str | None) -> str | None:
    """The customer's zone; a name that no clock knows is an unknown one."""
    try:
        return zone_of(zone).key if zone is not None else None
    except UnknownZone:
        return None


def _owed(account_id: int, at: datetime) -> Decimal | None:
    """What is owed now; unknown where nothing was stated."""
    try:
        return ledger.get_owed(account_id, at).amount
    except BalanceUnknown:
        return None


def _certified(place: CaseAccountRead | None, user_id: int, at: datetime) -> bool | None:
    """Whether the user may work the account's stage; unknown when no ladder says which skill it asks for."""
    if place is None:
        return None
    try:
        skill = cases.get_ladder(portfolio.get_account(place.account_id).product).rules.get(place.stage).skill
    except (NoLadder, UnknownStage):
        return None
    return None if skill is None else staff.has_certificate(user_id, skill, at)
