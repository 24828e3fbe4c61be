"""The case page put together: who, how much, may I contact now and why. Reads rooms, decides nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.http import Http404, HttpRequest
from django.urls import reverse

from tideover.act.arrangements import queries as arrangements_queries
from tideover.act.contact import queries as contact_queries
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Actor, Role
from tideover.core.clock import rules as clock
from tideover.core.money import Money, add_up
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.gate import queries as gate_queries
from tideover.decide.gate import types as gate_types
from tideover.doors.desk.assist import view as assist
from tideover.doors.desk.batches import view as batches
from tideover.doors.desk.case import calls, files, parties, statements, timeline
from tideover.doors.desk.filing import view as filing
from tideover.doors.desk.work.queue import language_of_name
from tideover.doors.screens.roles import actor_of
from tideover.doors.screens.scope import clients_of, keep_to
from tideover.know.cases import queries as cases_queries
from tideover.know.cases import types as cases_types
from tideover.know.clients.types import ClientRead
from tideover.know.customers import queries as customers_queries
from tideover.know.customers.types import CustomerRead
from tideover.know.ledger import queries as ledger_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.portfolio.types import bucket_of


@dataclass(frozen=True)
class May:
    """May I contact now, and why."""

    is_allowed: bool
    says: str


@dataclass(frozen=True)
class Point:
    """A way to reach the customer, masked."""

    id: int
    masked: str
    owner: str
    is_unusable: bool
    unusable: str


@dataclass(frozen=True)
class ReviewItem:
    """A review that waits for the leader."""

    account_id: int
    url: str
    may_decide: bool


@dataclass(frozen=True)
class Seen:
    """What the page is made from; the same for all its states."""

    case: cases_types.CaseRead
    customer: CustomerRead
    client: ClientRead
    zone: str
    at: datetime
    today: date
    language: str


@dataclass
class Page:
    """Everything that the templates show. Amounts and history are simply not there while they must be hidden."""

    id: int
    name: str
    name_language: str
    zone: str
    speaks: str
    speaks_code: str
    owner_name: str
    client_name: str
    why_url: str
    call: calls.Call | None
    hides_amounts: bool
    is_third_person: bool
    is_verified: bool
    may_work: bool
    only_reads: bool = False
    closed: str = ""
    owner_days: int = 0
    accounts_count: int = 0
    dpd: int | None = None
    bucket: str = ""
    stage: str = ""
    deadline: date | None = None
    deadline_text: str = ""
    is_late: bool = False
    owed: list[Money] = field(default_factory=list)
    may: May | None = None
    promise: str = ""
    holds: list[str] = field(default_factory=list)
    statements: list[statements.AccountStatement] = field(default_factory=list)
    parties: list[parties.Party] = field(default_factory=list)
    contracts: list[parties.Contract] = field(default_factory=list)
    party_calls: list[parties.PartyCall] = field(default_factory=list)
    called: str = ""
    files: list[files.AccountFile] = field(default_factory=list)
    may_open_files: bool = False
    stays: list[batches.Stay] = field(default_factory=list)
    retain_causes: tuple[str, ...] = cases_types.RETENTION_CAUSES
    points: list[Point] = field(default_factory=list)
    timeline: list[timeline.Entry] = field(default_factory=list)
    timeline_choices: list[dict[str, object]] = field(default_factory=list)
    review: ReviewItem | None = None
    assist: assist.Panel | None = None
    prompts: list[str] = field(default_factory=list)
    call_back_line: str = ""

    @property
    def may_call_others(self) -> bool:
        """Whether a co-borrower or guarantor may be called now."""
        return self.may_work and any(each.is_allowed for each in self.party_calls)

    @property
    def is_on_call(self) -> bool:
        """Whether a call of this person in this case still waits for its outcome."""
        return self.call is not None and not self.call.is_recorded


def see(request: HttpRequest, case_id: int, at: datetime) -> Seen:
    """The case within the person's scope, a collector's being their own work; what is beyond is simply not there."""
    try:
        case = cases_queries.get_case(case_id)
    except cases_types.UnknownCase as unknown:
        raise Http404 from unknown
    client = next((each for each in clients_of(request) if each.id == case.client_id), None)
    user_id = actor_of(request).user_id or 0
    if client is None or not (
        assignment_queries.may_read(user_id, case_id, at) or contact_queries.get_open_call(user_id, case_id)
    ):
        raise Http404
    keep_to(request, client.id)
    customer = customers_queries.get_customer(case.customer_id)
    zone = customer.zone or client.zone
    language = request.language  # type: ignore[attr-defined]
    return Seen(case, customer, client, zone, at, clock.local_date(at, zone), language)


def name_of(seen: Seen) -> str:
    """The customer's name, or that it is not on file."""
    names = customers_queries.get_names([seen.customer.id])
    return names.get(seen.customer.id, words.render("desk.nameless", seen.language))


def hides_amounts(actor: Actor, case_id: int) -> bool:
    """Whether somebody may be listening who must not hear of the debt."""
    open_call = contact_queries.get_open_call(actor.user_id or 0, case_id)
    return open_call is not None and open_call.amounts_hidden


def build(request: HttpRequest, seen: Seen, group: str) -> Page:
    """The page in the state that the person's call is in."""
    actor = actor_of(request)
    assert actor.user_id is not None
    name = name_of(seen)
    latest = contact_queries.list_calls(seen.case.id)
    open_call = contact_queries.get_open_call(actor.user_id, seen.case.id)
    mine = next((call for call in latest if call.user_id == actor.user_id and _is_of_today(call.asked_at, seen)), None)
    call = calls.read(open_call or mine, actor, seen.at, seen.language)
    page = Page(
        id=seen.case.id,
        name=name,
        name_language=language_of_name(name),
        zone=seen.zone,
        speaks=words.render(f"desk.language.{seen.customer.language}", seen.language),
        speaks_code=seen.customer.language,
        owner_name=_owner_name(seen),
        client_name=seen.client.name(seen.language),
        why_url=reverse("why", args=[seen.case.id]),
        call=call,
        hides_amounts=open_call is not None and open_call.amounts_hidden,
        is_third_person=open_call is not None and open_call.outcome_id is None and open_call.is_third_person,
        is_verified=any(each.right_person_at for each in latest),
        may_work=assignment_queries.may_work(actor.user_id, seen.case.id, seen.at),
        only_reads=not actor.has(Role.COLLECTOR, Role.TEAM_LEADER),
        closed=_closed(seen),
        points=_points(seen),
    )
    spoken_to = name
    if open_call is not None and open_call.customer_id != seen.customer.id:
        spoken_to, role = parties.called(open_call.customer_id, open_call.account_id, seen.language)
        page.called = words.render("desk.case.called", seen.language, name=spoken_to, role=role)
    own_name = request.user.display_name
    page.prompts = [
        words.render(
            f"desk.case.prompt.{step}",
            seen.language,
            line=words.render("desk.case.prompt.line", seen.customer.language, customer=spoken_to, collector=own_name),
        )
        for step in (1, 2, 3)
    ]
    page.call_back_line = words.render(
        "desk.case.guard.line", seen.customer.language, customer=spoken_to, collector=own_name
    )
    if not page.hides_amounts:
        _fill(request, page, seen, group)
    return page


def _is_of_today(at: datetime, seen: Seen) -> bool:
    return clock.local_date(at, seen.client.zone) == clock.local_date(seen.at, seen.client.zone)


def _fill(request: HttpRequest, page: Page, seen: Seen, group: str) -> None:
    """What may only be read while nobody unknown listens."""
    case, language = seen.case, seen.language
    leading = next((each for each in case.accounts if each.account_id == case.lead_account_id), None)
    accounts = portfolio_queries.list_accounts(each.account_id for each in (case.open_accounts or case.accounts))
    page.accounts_count = len(accounts)
    page.owner_days = _owner_days(seen)
    page.statements = [
        made for each in accounts if (made := statements.read(each, seen.customer.id, seen.at, seen.zone, language))
    ]
    currencies = sorted({made.owed_now.currency for made in page.statements})
    page.owed = [
        add_up((made.owed_now for made in page.statements if made.owed_now.currency == each), each)
        for each in currencies
    ]
    late = ledger_queries.list_lateness([each.id for each in accounts], seen.at)
    if late:
        page.dpd = max(each.dpd for each in late)
        page.bucket = bucket_of(page.dpd)
    page.parties = parties.read(accounts, seen.at, seen.zone, language, seen.customer.id)
    page.contracts = parties.read_contracts(
        seen.customer.id, seen.client.id, seen.today, (each.account_id for each in case.accounts), language
    )
    client_day = seen.client.local_date(seen.at)
    page.files = files.read(accounts, client_day, language)
    page.may_open_files = case.is_open and bool(actor_of(request).roles & {*filing.FILERS})
    if case.is_open:
        page.stays = batches.stays(case.id, [each.id for each in accounts], client_day, language)
    if leading is not None:
        page.stage = cases_queries.get_stage_titles().get(leading.stage, {}).get(language, leading.stage)
        page.deadline = leading.stage_deadline_date
        page.deadline_text = words.day(page.deadline, language, "short") if page.deadline else ""
        page.is_late = leading.late_since_date is not None
        page.review = _review(request, seen)
    page.holds = _holds(seen)
    page.assist = assist.read(request, case, seen.at)
    page.promise = _promise(seen)
    if case.is_open and case.lead_account_id is not None:
        page.may = _may(request, seen, case.lead_account_id)
        page.party_calls = parties.read_calls(
            case.id, case.lead_account_id, seen.customer.id, actor_of(request).user_id or 0, seen.at, language
        )
    others = {each.customer_id for each in portfolio_queries.list_parties(each.id for each in accounts)}
    others.discard(seen.customer.id)
    page.timeline = timeline.read(seen.customer.id, others, case.id, group, seen.at, seen.zone, language)
    page.timeline_choices = [
        {
            "url": f"?show={choice}" if choice != "all" else "?",
            "label": words.render(f"desk.case.timeline.{choice}", language),
            "is_current": choice == group,
        }
        for choice in ("all", *timeline.GROUPS)
    ]


def _may(request: HttpRequest, seen: Seen, account_id: int) -> May:
    user_id = actor_of(request).user_id
    assert user_id is not None
    if not actor_of(request).has(Role.COLLECTOR, Role.TEAM_LEADER):
        return May(is_allowed=False, says=words.render("desk.case.only-reads", seen.language))
    answer = gate_queries.look(
        case_id=seen.case.id,
        account_id=account_id,
        channel=gate_types.CALL,
        purpose=gate_types.COLLECTION,
        at=seen.at,
        user_id=user_id,
    )
    if not answer.granted:
        return May(is_allowed=False, says=answer.says[seen.language])
    says = words.render(
        "desk.case.may.says",
        seen.language,
        time=words.moment(seen.at, seen.language, seen.zone, "time"),
        today=answer.left_today,
        week=answer.left_week,
    )
    return May(is_allowed=True, says=says)


def _points(seen: Seen) -> list[Point]:
    found = []
    for each in customers_queries.list_contact_points(seen.customer.id):
        usable = each.is_usable(seen.at)
        owner = "customer" if each.owner == "customer" else "other"
        found.append(
            Point(
                id=each.id,
                masked=each.masked_value or "—",
                owner=words.render(f"desk.case.point.owner.{owner}", seen.language),
                is_unusable=not usable,
                unusable="" if usable else words.render("desk.case.point.unusable", seen.language),
            )
        )
    return found


def _owner_name(seen: Seen) -> str:
    if seen.case.collector_id is None:
        return words.render("desk.case.owner.nobody", seen.language)
    return access_queries.get_display_names([seen.case.collector_id]).get(seen.case.collector_id, "")


def _owner_days(seen: Seen) -> int:
    current = next((each for each in seen.case.tenures if each.until_at is None), None)
    return 0 if current is None else (seen.today - clock.local_date(current.from_at, seen.zone)).days + 1


def _closed(seen: Seen) -> str:
    if seen.case.is_open or seen.case.closed_date is None:
        return ""
    return words.render(f"desk.case.closed.{seen.case.close_cause}", seen.language, date=seen.case.closed_date)


def _holds(seen: Seen) -> list[str]:
    standing = [each for each in seen.case.holds if each.binds(seen.at)]
    people = access_queries.get_display_names(each.against_user_id for each in standing if each.against_user_id)
    return [
        words.render(
            "desk.case.hold.line" if each.against_user_id is None else "desk.case.hold.against",
            seen.language,
            reason=words.render(f"desk.hold.reason.{each.reason}", seen.language),
            date=clock.local_date(each.until_at, seen.zone),
            name=people.get(each.against_user_id or 0, ""),
        )
        for each in standing
    ]


def _promise(seen: Seen) -> str:
    for each in arrangements_queries.list_promises(seen.case.id):
        if each.state == "open":
            return words.render("desk.case.promise.open", seen.language, amount=each.amount, date=each.due_date)
    return ""


def _review(request: HttpRequest, seen: Seen) -> ReviewItem | None:
    """The account that waits on the ladder for a leader's review, if one does."""
    for present in seen.case.open_accounts:
        account = portfolio_queries.get_account(present.account_id)
        stage = cases_queries.get_ladder(account.product).rules.get(present.stage)
        decided = any(
            each.account_id == present.account_id
            and each.stage == present.stage
            and clock.local_date(each.at, seen.client.zone) >= present.stage_since_date
            for each in seen.case.reviews
        )
        if stage.minimum.reviews_count and not decided:
            return ReviewItem(
                account_id=present.account_id,
                url=reverse("case-review", args=[seen.case.id]),
                may_decide=Role.TEAM_LEADER in actor_of(request).roles,
            )
    return None
