"""The run itself: import, the first day and the next step by step, permits; each beside its bare counterpart."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path

from bench import files
from bench.bare import Bare
from bench.measured import Measured
from tideover import day as days
from tideover.act.intake import operations as intake
from tideover.core.access.types import SYSTEM
from tideover.core.clock import rules as clock
from tideover.decide.assignment.models import WorkItem
from tideover.decide.gate import operations as gate
from tideover.decide.receipts import operations as receipts
from tideover.decide.snapshot import queries as snapshot_queries
from tideover.know.cases import queries as cases_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal import cast
from tideover.rehearsal.portfolio import PLACEMENTS, Portfolio

DAY = date(2026, 10, 1)
CUT_OFF = DAY - timedelta(days=1)
ITEMS_A_COLLECTOR = 200
PERMITS = 300

IMPORTED = (
    "customers_person", "customers_customer", "customers_identity", "customers_contactpoint",
    "customers_contactpointvalue", "portfolio_account", "portfolio_party", "portfolio_placement",
    "portfolio_standing", "ledger_statedbalance", "ledger_posting", "journal_chain_head", "journal_fact",
)  # fmt: skip
REFRESHED = ("cases_case", "cases_caseaccount", "cases_stagemove", "cases_dayaccount", "journal_fact")


def measure(accounts: int, folder: Path, tell: Callable[[str], None]) -> list[Measured]:
    """Measure everything at the size, in one run."""
    bare = Bare(folder)
    collectors = max(4, accounts // 1000)
    client_id = cast.hire(
        collectors=collectors,
        work_items_per_day_max=ITEMS_A_COLLECTOR,
        cases_max=5_000,
        at=clock.instant(DAY, clock_time(5), cast.ZONE),
    )
    tell(f"writing a file of {accounts} accounts")
    path = Portfolio(accounts=accounts, seed=1).write(folder / "portfolio.csv.gz")
    measured = [_import(path, accounts, bare)]
    tell(_line(measured[-1]))
    for place in range(2):
        for part in _day(client_id, DAY + timedelta(days=place), bare, first=place == 0):
            measured.append(part)
            tell(_line(part))
    for part in files.measure(path, DAY, folder, bare):
        measured.append(part)
        tell(_line(part))
    measured.append(_replay(client_id, bare))
    tell(_line(measured[-1]))
    measured.append(_permits(client_id, bare))
    tell(_line(measured[-1]))
    return measured


def _line(part: Measured) -> str:
    return f"{part.part}: {part.seconds:.2f} s"


def _import(path: Path, accounts: int, bare: Bare) -> Measured:
    started = time.perf_counter()
    report = intake.import_file(
        path=path,
        client_code=cast.CLIENT,
        kind="placement",
        mapping_id=PLACEMENTS,
        cut_off=CUT_OFF,
        dry_run=False,
        at=clock.instant(DAY, clock_time(6), cast.ZONE),
        actor=SYSTEM,
    )
    seconds = time.perf_counter() - started
    assert report.good_count == accounts
    bare_seconds, rows = bare.copy_in(IMPORTED)
    return Measured("import", seconds, bare_seconds, "COPY of the same rows, no index", rows)


def _day(client_id: int, day: date, bare: Bare, *, first: bool) -> list[Measured]:
    at = clock.instant(day, clock_time(9), cast.ZONE)
    came_to = days.run_day(client_id=client_id, day=day, at=at, actor=SYSTEM)
    snapshot = snapshot_queries.get_taken(client_id, day).account_day
    scan = bare.scan_and_write(snapshot.path)
    name = "first day" if first else "second day"
    parts = []
    for step in came_to.steps:
        bare_seconds, counterpart, rows = None, "–", snapshot.rows
        if step.name in ("snapshot", "propose", "strike-out", "assign"):
            bare_seconds, counterpart = scan, "scan and write of the same snapshot"
        elif step.name == "refresh-cases" and first:
            bare_seconds, rows = bare.copy_in(REFRESHED)
            counterpart = "COPY of the same rows, no index"
        elif step.name == "file":
            bare_seconds, rows = bare.copy_in(["assignment_workitem"])
            counterpart = "COPY of the work items, no index"
        parts.append(Measured(f"{name}: {step.name}", float(step.seconds), bare_seconds, counterpart, rows))
    whole = sum(part.seconds for part in parts)
    return [*parts, Measured(f"{name}: whole", whole, None, "–", snapshot.rows)]


def _replay(client_id: int, bare: Bare) -> Measured:
    started = time.perf_counter()
    replayed = receipts.replay(client_id=client_id, day=DAY)
    seconds = time.perf_counter() - started
    assert replayed.equal
    scan = bare.scan_and_write(snapshot_queries.get_taken(client_id, DAY).account_day.path)
    return Measured("replay of the first day", seconds, scan, "scan and write of the same snapshot", replayed.rows)


def _permits(client_id: int, bare: Bare) -> Measured:
    """Permits for cases of the second day, each with its collector, one after another."""
    day = DAY + timedelta(days=1)
    at = clock.instant(day, clock_time(10), cast.ZONE)
    asked = []
    for item in WorkItem.objects.filter(day=day, action="contact", collector_id__isnull=False).order_by("id")[:PERMITS]:
        case = cases_queries.get_case(item.case_id)
        point = customers_queries.list_contact_points(case.customer_id)[0]
        asked.append((item.case_id, item.lead_account_id, point.id, staff_queries.get_actor(item.collector_id)))
    started = time.perf_counter()
    granted = 0
    for case_id, account_id, point_id, actor in asked:
        answer = gate.issue_permit(
            case_id=case_id,
            account_id=account_id,
            contact_point_id=point_id,
            channel="call",
            purpose="collection",
            at=at,
            actor=actor,
        )
        granted += answer.granted
    seconds = time.perf_counter() - started
    assert granted == len(asked) > 0
    return Measured(
        f"{len(asked)} permits, one by one", seconds, bare.insert_and_commit(len(asked)), "insert and commit", granted
    )


def now() -> str:
    """When the run was made."""
    return datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
