"""What a scenario's client sends besides its placement: full files, whole or cut off, their mending, and a recall."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tideover import day as days
from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.core.access.types import SYSTEM, Role
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.portfolio import queries as portfolio_queries
from tideover.rehearsal import cast
from tideover.rehearsal.portfolio import PLACEMENTS, write_rows
from tideover.rehearsal.scenarios.grammar import Phrase

if TYPE_CHECKING:
    from tideover.rehearsal.scenarios.runner import Run

SECOND = "7000002"
RECALLS = "hengtong_recall"


def full(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The client's full file of the evening before; cut off, it lacks its last rows, this account's among them."""
    of = phrase.values.get("of", 1)
    rows = phrase.values.get("rows", of)
    path = _write(current, day, of, rows, f"full-{at:%Y%m%d%H%M}.csv")
    cut_off = day - timedelta(days=1)
    told = f"format: 1\nkind: full\nsequence: {cut_off:%y%m%d}\ncut_off: {cut_off}\nrows: {of}\n"
    path.with_name(path.name + intake_queries.CONTROL_SUFFIX).write_text(told, encoding="utf-8")
    _import(current, path, at, kind="full", mapping_id=PLACEMENTS, cut_off=None)


def mend(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The whole file again, in the place of the one that was held or fell short."""
    broken = intake_queries.list_imports([current.client_id])[0]
    control = broken.reckoned.control
    of = control.rows_count if control else 1
    path = _write(current, day, of, of, f"mended-{at:%Y%m%d%H%M}.csv")
    _import(current, path, at, kind="full", mapping_id=PLACEMENTS, cut_off=None, mends=broken.id)


def recall(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The client takes the account back."""
    cut_off = day - timedelta(days=1)
    number = portfolio_queries.get_account(current.account_id).number
    path = current.folder / f"recall-{at:%Y%m%d%H%M}.csv"
    path.write_text(f"借据号,退案日期\n{number},{cut_off:%Y-%m-%d}\n", encoding="gb18030")
    _import(current, path, at, kind="recall", mapping_id=RECALLS, cut_off=cut_off)


def acknowledge(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The compliance officer lets the client's collection go on; the day that stood still is decided to its end."""
    for stop in clients_queries.list_stops([current.client_id]):
        clients.acknowledge(stop_id=stop.id, note="scenario", at=at, actor=current.actor(Role.COMPLIANCE_OFFICER))
    days.run_day(client_id=current.client_id, day=day, at=at, actor=SYSTEM)


def _write(current: Run, day: date, of: int, rows: int, name: str) -> Path:
    """Other accounts first, which nobody works, then the scenario's own; only so many rows of them."""
    own = dict(current.rows[-1])
    others = [
        own | {"account_id": f"99{place:04d}", "customer_number": f"OTHER{place}", "bill_amt1": "100"}
        for place in range(1, of)
    ]
    return write_rows(current.folder / name, [*others, own][:rows])


def _import(current: Run, path: Path, at: datetime, **asked: Any) -> None:
    actor = current.actor(Role.INTEGRATOR)
    intake.import_file(path=path, client_code=cast.CLIENT, dry_run=False, at=at, actor=actor, **asked)


def second(current: Run, day: date, at: datetime, phrase: Phrase) -> None:
    """The client tells of another account of the same customer, as of the evening before."""
    row = dict(current.rows[-1])
    row |= {"account_id": SECOND, "pay_0": str(phrase.values["status"]), "bill_amt1": str(phrase.values["amount"])}
    path = write_rows(current.folder / f"second-{at:%Y%m%d%H%M}.csv", [row])
    cut_off = day - timedelta(days=1)
    _import(current, path, at, kind="placement", mapping_id=PLACEMENTS, cut_off=cut_off)


DONE = {"second": second, "full": full, "mends": mend, "recalled": recall, "acknowledges": acknowledge}


def check_stopped(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether the client's collection stands still."""
    return None if clients_queries.is_stopped(current.client_id) else "collection goes on"


def check_goes_on(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether it goes on."""
    stop = clients_queries.get_stop(current.client_id)
    return None if stop is None else f"collection stopped: {stop.cause}"


def check_explained(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether what came since accounts for every stop that is open."""
    stops = clients_queries.list_stops([current.client_id])
    return None if stops and all(stop.is_explained for stop in stops) else "stop not explained"


def check_gone(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether the account is gone, unexplained."""
    return "not gone" if portfolio_queries.find_absence_date(current.account_id) is None else None


def check_not_gone(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """Whether it is not."""
    return None if portfolio_queries.find_absence_date(current.account_id) is None else "gone"


def check_accounts(current: Run, day: date, at: datetime, values: dict[str, Any]) -> str | None:
    """How many accounts the customer's one case holds by now."""
    got = sum(each.left_date is None for each in current.open_case().accounts)
    return None if got == values["of"] else f"accounts {got}"


CHECKS = {
    "accounts": check_accounts,
    "collection-stopped": check_stopped,
    "collection-goes-on": check_goes_on,
    "stop-explained": check_explained,
    "gone": check_gone,
    "not-gone": check_not_gone,
}
