"""Running a scenario by the real operations: the house as it is, one case, day by day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from tideover import day as days
from tideover.act.arrangements import queries as arrangements_queries
from tideover.act.contact import lines
from tideover.act.contact import operations as contact
from tideover.act.contact.types import CallRead
from tideover.act.intake import operations as intake
from tideover.act.outcomes import operations as outcomes
from tideover.act.outcomes.types import PromiseDraft
from tideover.act.payments import operations as payments
from tideover.core import words
from tideover.core.access.types import SYSTEM, Actor, Role
from tideover.core.clock import rules as clock
from tideover.core.money import Money
from tideover.core.problem import Problem
from tideover.decide.assignment import queries as assignment_queries
from tideover.decide.assignment.types import WorkRead
from tideover.decide.gate.types import ContactRefused
from tideover.decide.receipts import queries as receipts_queries
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import CaseRead, ComplaintDraft
from tideover.know.clients import queries as clients_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.ledger import queries as ledger_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal import cast, collectors, payment_files
from tideover.rehearsal.payment_files import Due
from tideover.rehearsal.portfolio import PEOPLE_COLUMNS, PLACEMENTS, packaged, write_rows
from tideover.rehearsal.scenarios import files, heard, lending, staffing
from tideover.rehearsal.scenarios.grammar import Phrase, Scenario, ScenarioDay

ACCOUNT_NUMBER = "880001"
LINE = "scenario"
CAUSES = {"no answer": "no-answer", "busy": "busy", "unreachable": "unreachable"}
REPLIES = {
    "promises": collectors.RESULTS[collectors.Reply.PROMISES],
    "asks-for-later": collectors.RESULTS[collectors.Reply.ASKS_FOR_LATER],
    "disputes": collectors.RESULTS[collectors.Reply.DISPUTES],
    "in-hardship": collectors.RESULTS[collectors.Reply.IN_HARDSHIP],
    "refuses": collectors.RESULTS[collectors.Reply.REFUSES],
    "says-paid": collectors.RESULTS[collectors.Reply.SAYS_PAID],
    "wants-no-calls": collectors.RESULTS[collectors.Reply.WANTS_NO_CALLS],
    "complains": "complains",
}


class ScenarioFailed(Problem):
    """The house did something else than the scenario tells: the day, what was expected, what came, and why."""

    code = "rehearsal.scenario-failed"

    def __str__(self) -> str:
        return words.render(self, "en")


class _ScenarioLine:
    """A line on which the scenario itself tells what happens."""

    def dial(self, call_id: int, number: str) -> None:
        """The scenario tells the rest."""


@dataclass
class Run:
    """A scenario while it is run."""

    scenario: Scenario
    folder: Path
    client_id: int = 0
    account_id: int = 0
    currency: str = ""
    played: set[date] = field(default_factory=set)
    collector_ids: set[int] = field(default_factory=set)
    rows: list[dict[str, str]] = field(default_factory=list)
    line: str = LINE

    @property
    def client(self) -> Any:
        return clients_queries.get_client_by_id(self.client_id)

    def at(self, day: date, hour: time) -> datetime:
        """An instant of the client's day."""
        return clock.instant(day, hour, self.client.zone)

    def case(self) -> CaseRead | None:
        """The account's case, also when it is closed."""
        customer = customers_queries.find_customer(self.client_id, "SCENARIO")
        found = cases_queries.list_cases_of_customer(customer.id) if customer else []
        return found[0] if found else None

    def open_case(self) -> CaseRead:
        """The case on which something is done."""
        case = self.case()
        assert case is not None, "the account has no case"
        return case

    def work(self, day: date) -> WorkRead | None:
        """What the day gave to do on the case."""
        case = self.case()
        return assignment_queries.get_work_of_case(case.id, day) if case else None

    def actor(self, role: Role) -> Actor:
        """The first member of the demo's team in the role."""
        team = staff_queries.get_team(cast.TEAM)
        member = next(each for each in staff_queries.list_members(team.id) if role in each.roles)
        return staff_queries.get_actor(member.user_id)

    def fail(self, day: date, expected: str, got: str) -> ScenarioFailed:
        """The failure in a manager's words, with the house's own reason."""
        return ScenarioFailed(
            file=self.scenario.path.name, day=day.isoformat(), expected=expected, got=got, why=self.why(day)
        )

    def why(self, day: date) -> str:
        """Why the day decided what it did."""
        case = self.case()
        if case is None:
            return "no case"
        try:
            return str(receipts_queries.explain(case_id=case.id, day=day, language="en"))
        except Problem as problem:
            return str(problem)


def run(scenario: Scenario, folder: Path) -> None:
    """Play the scenario on an empty database; raises ScenarioFailed at the first thing that is not so."""
    lines.register(LINE, _ScenarioLine())
    first = scenario.days[0].day
    current = Run(scenario, folder)
    current.client_id = cast.hire(
        collectors=2,
        work_items_per_day_max=50,
        cases_max=500,
        at=clock.instant(first, time(5), cast.ZONE),
        with_loans=scenario.given.loan is not None,
    )
    number = ACCOUNT_NUMBER
    if scenario.given.loan is None:
        _import_account(current, first, time(6), scenario.given.status, scenario.given.owes)
    else:
        number = lending.place(current, scenario.given.loan, first, current.at(first, time(6)))
    account = portfolio_queries.find_account(current.client_id, number)
    assert account is not None, "the scenario's account was refused"
    current.account_id, current.currency = account.id, account.currency
    told = {each.day: each for each in scenario.days}
    day = first
    while day <= scenario.days[-1].day:
        _play(current, told.get(day) or ScenarioDay(day, 0, None, None, None, (), ()))
        day += timedelta(days=1)


def _play(current: Run, told: ScenarioDay) -> None:
    begins = current.client.day_begins
    for hour, phrase in told.done:
        if hour < begins:
            _do(current, told.day, hour, phrase)
    _open_day(current, told.day)
    _check_morning(current, told)
    for hour, phrase in told.done:
        if hour >= begins:
            _do(current, told.day, hour, phrase)
    for phrase in told.then:
        _check(current, told.day, phrase)


def _open_day(current: Run, day: date) -> None:
    if day not in current.played:
        days.run_day(client_id=current.client_id, day=day, at=current.at(day, current.client.day_begins), actor=SYSTEM)
        current.played.add(day)
    case = current.case()
    if case is not None and case.collector_id is not None:
        current.collector_ids.add(case.collector_id)


def _check_morning(current: Run, told: ScenarioDay) -> None:
    if told.scheduled is not None:
        got = _scheduled(current, told.day)
        if got != told.scheduled.written:
            raise current.fail(told.day, told.scheduled.written, got)
    if told.stage is not None:
        _check_stage(current, told.day, told.stage)
    if told.because is not None:
        got = _step(current, told.day)
        if got != told.because:
            raise current.fail(told.day, told.because, got)


def _scheduled(current: Run, day: date) -> str:
    work = current.work(day)
    if work is None:
        case = current.case()
        return "find-contact-point" if case and assignment_queries.is_unreachable(case.id) else "nothing"
    return f"{work.channel} {work.stage}" if work.action == "contact" else work.action


def _step(current: Run, day: date) -> str:
    return receipts_queries.get_step(current.account_id, day) or "–"


def _check_stage(current: Run, day: date, stage: str) -> None:
    case = current.case()
    got = case.stage if case else None
    if got != stage:
        raise current.fail(day, f"stage {stage}", f"stage {got}")


# What is done


def _do(current: Run, day: date, hour: time, phrase: Phrase) -> None:
    at = current.at(day, hour)
    if phrase.kind == "refused":
        _expect_refusal(current, day, at, phrase)
    elif phrase.kind == "unanswered":
        call = _dial(current, day, at)
        _end(call, at, CAUSES[phrase.values["cause"]])
    elif phrase.kind in REPLIES:
        _talk(current, day, at, phrase)
    elif phrase.kind in ("third-person", "wrong-number"):
        _talk_to_another(current, day, at, phrase)
    else:
        _OTHER[phrase.kind](current, day, at, phrase)


def _dial(current: Run, day: date, at: datetime) -> CallRead:
    case, work = current.open_case(), current.work(day)
    point = customers_queries.list_contact_points(case.customer_id)[0]
    user_id = (work.collector_id if work else None) or case.collector_id
    actor = staff_queries.get_actor(user_id) if user_id else current.actor(Role.COLLECTOR)
    return contact.dial(
        case_id=case.id,
        contact_point_id=point.id,
        work_item_id=work.id if work else None,
        line=LINE,
        at=at,
        actor=actor,
    )


def _expect_refusal(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    try:
        call = _dial(current, day, at)
    except ContactRefused as refused:
        clause = str(refused.answer.clause)
        if not clause.endswith(phrase.values["clause"]):
            raise current.fail(day, phrase.written, f"refused: {clause}") from None
        return
    _end(call, at, "no-answer")
    raise current.fail(day, phrase.written, "permitted")


def _end(call: CallRead, at: datetime, cause: str) -> None:
    outcomes.record_line_event(call_id=call.id, event="ended", at=at + timedelta(seconds=20), cause=cause, seconds=0)


def _answered(current: Run, day: date, at: datetime) -> CallRead:
    call = _dial(current, day, at)
    outcomes.record_line_event(call_id=call.id, event="answered", at=at + timedelta(seconds=10))
    return call


def _talk(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    call = _answered(current, day, at)
    actor = staff_queries.get_actor(call.user_id)
    contact.note_right_person(call_id=call.id, at=at + timedelta(seconds=20), actor=actor)
    values = phrase.values
    promise = call_back_at = hold_until = None
    if phrase.kind == "promises":
        promise = PromiseDraft(amount=Money(values["amount"], current.currency), due_date=values["date"])
    if phrase.kind == "asks-for-later":
        call_back_at = current.at(values["date"], values["hour"])
    if phrase.kind in ("disputes", "in-hardship"):
        hold_until = current.at(values["date"], time(0))
    heard.record(
        call, at, actor, "customer", REPLIES[phrase.kind],
        promise=promise, call_back_at=call_back_at, hold_until=hold_until, complaint=_complaint(phrase, call),
    )  # fmt: skip


def _complaint(phrase: Phrase, call: CallRead) -> ComplaintDraft | None:
    values = phrase.values
    if phrase.kind != "complains":
        return None
    return ComplaintDraft(
        subject=values["subject"],
        against_user_id=call.user_id if values.get("against") else None,
        has_new_facts=bool(values.get("anew")),
    )


def _talk_to_another(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    call = _answered(current, day, at)
    actor = staff_queries.get_actor(call.user_id)
    contact.note_third_person(call_id=call.id, at=at + timedelta(seconds=20), actor=actor)
    heard.record(call, at, actor, "third-person", phrase.kind)


def _pays(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    amount = Money(phrase.values["amount"], current.currency)
    due = Due(ACCOUNT_NUMBER, day, amount)
    if phrase.values.get("by_file"):
        path = payment_files.write(current.folder / f"payments-{day.isoformat()}.csv", [due])
        _import(current, path, "payments", payment_files.MAPPING, day, at)
        return
    payments.post_payment(
        account_id=current.account_id,
        amount=amount,
        value_date=day,
        reference=due.reference,
        at=at,
        actor=current.actor(Role.INTEGRATOR),
    )


def _file(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    hour = clock.local_time(at, current.client.zone)
    _import_account(current, day, hour, phrase.values["status"], phrase.values["amount"])


def _leader(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    case = current.open_case()
    cases.review(
        case_id=case.id,
        account_id=current.account_id,
        decision=phrase.values["decision"],
        at=at,
        actor=current.actor(Role.TEAM_LEADER),
    )


_OTHER: dict[str, Callable[[Run, date, datetime, Phrase], None]] = {
    "pays": _pays,
    "file": _file,
    "leader": _leader,
    **heard.DONE,
    **files.DONE,
    **staffing.DONE,
    **lending.DONE,
}


def _import_account(current: Run, day: date, hour: time, status: int, owes: Any) -> None:
    """The client's file with this one account, as of the evening before the day."""
    given = current.scenario.given
    row = dict.fromkeys(packaged()[0], "0")
    row |= {"account_id": ACCOUNT_NUMBER, "limit_bal": "50000", "pay_0": str(status), "bill_amt1": str(owes)}
    phones = [f"+8615400000{place:03d}" for place in range(1, given.phones + 1)]
    people = ("SCENARIO", given.name, given.language, "CN", given.region, given.zone, *[*phones, "", ""][:2], "", "")
    row |= dict(zip(PEOPLE_COLUMNS, people, strict=True))
    current.rows.append(row)
    path = write_rows(current.folder / f"accounts-{day.isoformat()}.csv", [row])
    _import(current, path, "placement", PLACEMENTS, day - timedelta(days=1), current.at(day, hour))


def _import(current: Run, path: Path, kind: str, mapping_id: str, cut_off: date, at: datetime) -> None:
    report = intake.import_file(
        path=path,
        client_code=cast.CLIENT,
        kind=kind,
        mapping_id=mapping_id,
        cut_off=cut_off,
        dry_run=False,
        at=at,
        actor=current.actor(Role.INTEGRATOR),
    )
    assert not report.refused_count, report


# What must hold at the end of a day


def _check(current: Run, day: date, phrase: Phrase) -> None:
    ends_at = current.client.end_of_day(day) - timedelta(seconds=1)
    got = _CHECKS[phrase.kind](current, day, ends_at, phrase.values)
    if got is not None:
        raise current.fail(day, phrase.written, got)


def _case_open(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    case = current.case()
    return None if case and case.closed_date is None else f"case closed: {case.close_cause if case else '–'}"


def _case_closed(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    case = current.case()
    if case is None or case.closed_date is None:
        return "case open" if case else "no case"
    wanted = values.get("cause")
    return f"case closed: {case.close_cause}" if wanted not in (None, case.close_cause) else None


def _stage(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    case = current.case()
    stage = case.stage if case else None
    return None if stage == values["stage"] else f"stage {stage}"


def _promise(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    states = [each.state for each in arrangements_queries.list_promises(current.open_case().id)]
    return None if values["state"] in states else f"promises: {', '.join(states) or 'none'}"


def _no_promise(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    case = current.case()
    made = arrangements_queries.list_promises(case.id) if case else []
    return f"promises: {', '.join(each.state for each in made)}" if made else None


def _holds(current: Run, at: datetime) -> list[str]:
    case = current.case()
    return [each.reason for each in cases_queries.list_holds(case.id, at)] if case else []


def _hold(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    held = _holds(current, at)
    return None if values["reason"] in held else f"holds: {', '.join(held) or 'none'}"


def _no_hold(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    held = _holds(current, at)
    return f"holds: {', '.join(held)}" if held else None


def _owes(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    owed = ledger_queries.get_owed(current.account_id, at).amount
    return None if owed == values["amount"] else f"owes {owed}"


def _same_collector(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    return None if len(current.collector_ids) == 1 else f"collectors: {len(current.collector_ids)}"


def _no_further_contact(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    tomorrow = day + timedelta(days=1)
    _open_day(current, tomorrow)
    got = _scheduled(current, tomorrow)
    return None if got == "nothing" else f"{tomorrow.isoformat()}: {got}"


_CHECKS: dict[str, Callable[[Run, date, datetime, dict[str, Any]], str | None]] = {
    "case-open": _case_open,
    "case-closed": _case_closed,
    "stage": _stage,
    "promise": _promise,
    "no-promise": _no_promise,
    "hold": _hold,
    "no-hold": _no_hold,
    "owes": _owes,
    "same-collector": _same_collector,
    "no-further-contact": _no_further_contact,
    **heard.CHECKS,
    **files.CHECKS,
    **staffing.CHECKS,
}
