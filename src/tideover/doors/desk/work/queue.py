"""A collector's day as a list: who, how much, and in one line why now. A handful of queries, however long it is."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

from django.http import HttpRequest
from django.urls import reverse

from tideover.act.outcomes import queries as outcomes_queries
from tideover.act.outcomes import types as outcomes_types
from tideover.core import words
from tideover.core.access import queries as access_queries
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.core.money import Money
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.assignment import types as assignment_types
from tideover.decide.gate import queries as gate_queries
from tideover.decide.receipts import queries as receipts_queries
from tideover.doors.screens.roles import actor_of
from tideover.doors.screens.scope import clients_of
from tideover.doors.screens.stopped import stopped_ids
from tideover.know.cases import queries as cases_queries
from tideover.know.clients.types import ClientRead
from tideover.know.customers import queries as customers_queries

_SIGNALS = {
    "call-back": "go",
    "promise-broken": "stop",
    "promise-due": "wait",
    "stage-late": "stop",
    "waited": "wait",
}
"""What deserves a colour; the rest is the day's ordinary order and says only its stage."""


LOOKS_MAX = 30
"""How many cases *next* asks the gate about before it simply offers the first."""


@dataclass(frozen=True)
class Item:
    """One case of the day on the list."""

    work_id: int
    case_id: int
    url: str
    name: str
    name_language: str
    client: str
    owed: Money
    collector_id: int | None
    stage: str
    tag: str
    signal: str
    is_special: bool
    uncovered: str
    reason: str
    is_done: bool
    is_current: bool
    can_wait: bool
    account_id: int | None = None
    channel: str | None = None
    cover_for: str = ""


@dataclass(frozen=True)
class Queue:
    """The list, how much of it is done, and what *next* goes through: the cases not done, in order."""

    items: list[Item] = field(default_factory=list)
    ahead: list[Item] = field(default_factory=list)
    next_url: str | None = None
    lapsed_count: int = 0

    @property
    def current(self) -> Item | None:
        """The case that is open, where it is one of the day's."""
        return next((item for item in self.items if item.is_current), None)

    @property
    def total_count(self) -> int:
        """How many cases the day has."""
        return len(self.items)

    @property
    def done_count(self) -> int:
        """How many of them are done."""
        return sum(item.is_done for item in self.items)


def open_days(request: HttpRequest) -> list[tuple[int, date]]:
    """Each client of the person's scope with its open day, whose work may be done now.

    A client of which no day was decided is left out, and so is one whose collection is stopped: its work is on no
    list until that is acknowledged.
    """
    found = []
    stopped = stopped_ids(request)
    for client in clients_of(request):
        if client.id in stopped:
            continue
        day = receipts_queries.get_open_day(client.id)
        if day is not None:
            found.append((client.id, day))
    return found


def read_queue(request: HttpRequest, current_case_id: int | None = None) -> Queue:
    """The signed-in collector's list; *next* goes on from the current case, and begins again at the top.

    A call-back agreed for a later hour is offered last, and so is whoever may not be contacted now.
    """
    collector_id = actor_of(request).user_id
    assert collector_id is not None
    days = open_days(request)
    work = [
        each
        for day in sorted({day for _, day in days})
        for each in assignment_queries.list_work(collector_id, day)
        if (each.client_id, day) in days
    ]
    queue = build(request, work, current_case_id)
    return replace(queue, lapsed_count=assignment_queries.count_lapsed(work, clock_queries.now()) if work else 0)


def _still_to_do(
    request: HttpRequest, work: list[assignment_types.WorkRead], at: datetime
) -> list[assignment_types.WorkRead]:
    """The work without what fell away since the morning, and without a case whose customer complained of the reader."""
    if not work:
        return work
    zones = {client.id: client.zone for client in clients_of(request)}
    made_at = min(clock.start_of_day(each.day, zones.get(each.client_id, "UTC")) for each in work)
    actor = actor_of(request)
    mine = actor.user_id if Role.COLLECTOR in actor.roles else None
    return assignment_queries.still_to_do(work, made_at, at, mine)


def changes_of(request: HttpRequest, client: ClientRead, day: date) -> assignment_types.SinceMorning:
    """What has changed for the day's work of a leader's cases since its lists were made."""
    made_at = clock.start_of_day(day, client.zone)
    return assignment_queries.find_changes(actor_of(request), client.id, day, made_at, clock_queries.now())


def build(request: HttpRequest, work: list[assignment_types.WorkRead], current_case_id: int | None) -> Queue:
    """The work items as a list to read. What is left of a case that has closed since is nobody's work any more."""
    language = request.language  # type: ignore[attr-defined]
    at = clock_queries.now()
    work = _still_to_do(request, work, at)
    cases = {case.id: case for case in cases_queries.list_cases({each.case_id for each in work})}
    names = customers_queries.get_names({case.customer_id for case in cases.values()})
    titles = cases_queries.get_stage_titles()
    absent = access_queries.get_display_names({each.cover_for_id for each in work if each.cover_for_id is not None})
    clients = {client.id: client for client in clients_of(request)}
    items = []
    for each in work:
        if not each.is_done and not cases[each.case_id].is_open:
            continue
        name = names.get(cases[each.case_id].customer_id, words.render("desk.nameless", language))
        client = clients.get(each.client_id)
        zone = client.zone if client else "UTC"
        items.append(
            Item(
                work_id=each.id,
                case_id=each.case_id,
                url=reverse("case", args=[each.case_id]),
                name=name,
                name_language=language_of_name(name),
                client=client.name(language) if client else "",
                owed=each.owed,
                collector_id=each.collector_id,
                stage=titles.get(each.stage, {}).get(language, each.stage),
                tag=_tag(each, titles, language),
                signal=_SIGNALS.get(each.order_reason, ""),
                is_special=each.order_reason in _SIGNALS,
                uncovered=_uncovered(each, language),
                reason=_reason(each, zone, language),
                is_done=each.is_done,
                is_current=each.case_id == current_case_id,
                can_wait=each.due_at is not None and each.due_at > at,
                account_id=each.lead_account_id,
                channel=each.channel,
                cover_for=absent.get(each.cover_for_id or 0, ""),
            )
        )
    ahead = _ahead(items, current_case_id)
    on = "" if current_case_id is None else f"?after={current_case_id}"
    return Queue(items=items, ahead=ahead, next_url=f"{reverse('work-next')}{on}" if ahead else None)


def first_to_contact(ahead: list[Item], at: datetime, user_id: int) -> Item | None:
    """The first case whose customer may be contacted now, as the gate sees it; where it is none, simply the first."""
    for item in ahead[:LOOKS_MAX]:
        if item.account_id is None or item.channel is None:
            return item
        answer = gate_queries.look(
            case_id=item.case_id,
            account_id=item.account_id,
            channel=item.channel,
            purpose="collection",
            at=at,
            user_id=user_id,
        )
        if answer.granted:
            return item
    return ahead[0] if ahead else None


def language_of_name(name: str) -> str:
    """In which script a name is written, so that it is drawn and read aloud rightly."""
    return "zh-Hans" if any("\u3400" <= letter <= "\u9fff" for letter in name) else "en"


def _tag(work: assignment_types.WorkRead, titles: dict[str, dict[str, str]], language: str) -> str:
    code = f"desk.work.tag.{work.order_reason}"
    if words.has(code):
        return words.render(code, language)
    return titles.get(work.stage, {}).get(language, work.stage)


def _reason(work: assignment_types.WorkRead, zone: str, language: str) -> str:
    if work.is_done:
        return _done(work, language)
    if work.due_at is not None:
        agreed = clock.local_date(work.due_at, zone)
        code = "desk.work.reason.call-back" if agreed == work.day else "desk.work.reason.call-back.missed"
        return words.render(code, language, day=agreed, time=_local_time(work.due_at, zone))
    code = f"desk.work.step.{work.step}"
    return words.render(code if words.has(code) else f"desk.work.reason.{work.order_reason}", language)


def _uncovered(work: assignment_types.WorkRead, language: str) -> str:
    code = f"assignment.uncovered.{work.uncovered_cause}"
    return words.render(code, language) if words.has(code) else ""


def _done(work: assignment_types.WorkRead, language: str) -> str:
    if not work.is_done:
        return ""
    try:
        result = outcomes_queries.get_result(work.done_cause or "").title[language]
    except outcomes_types.UnknownResult:
        return words.render("desk.work.done", language)
    return words.render("desk.work.done.as", language, result=result)


def _local_time(at: datetime, zone: str) -> str:
    return f"{clock.local_time(at, zone):%H:%M}"


def _ahead(items: list[Item], current_case_id: int | None) -> list[Item]:
    place = next((i for i, item in enumerate(items) if item.case_id == current_case_id), -1)
    after = [item for item in items[place + 1 :] + items[: max(place, 0)] if not item.is_done]
    return [item for item in after if not item.can_wait] + [item for item in after if item.can_wait]
