"""The night strikes out what the gate would refuse all day: no less, and nothing that it would let through.

One property holds them together. Over the facts that both can see, a contact is struck out if, and only if, the gate
refuses it at every instant of the customer's day, whoever certified asks and whichever number is tried.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tideover.core.clock.rules import instant, local_date
from tideover.core.sql import duck
from tideover.decide.gate import operations, rules
from tideover.decide.gate.tests.circumstances import MONDAY, book, call, customer, dispute, shipped
from tideover.decide.gate.types import Circumstances, HoldSeen

BOOK = book()
FOREVER = instant(MONDAY + timedelta(days=30), time(12), "Asia/Shanghai")

ACCOUNT = {
    "account_id": "BIGINT",
    "country": "VARCHAR",
    "zone": "VARCHAR",
    "has_case": "BOOLEAN",
    "owed_amount": "DECIMAL(18,4)",
    "dispute_open": "BOOLEAN",
    "hardship_open": "BOOLEAN",
    "complaint_open": "BOOLEAN",
    "payment_claimed_open": "BOOLEAN",
    "opted_out_call": "BOOLEAN",
    "contact_point_callable": "BOOLEAN",
    "calls_person_today_count": "BIGINT",
    "calls_person_7d_count": "BIGINT",
}
PROPOSAL = {"account_id": "BIGINT", "action": "VARCHAR", "channel": "VARCHAR"}


def row_of(seen: Circumstances) -> dict[str, Any]:
    """The same customer as last night's snapshot has them."""
    zone = seen.zone or "Asia/Shanghai"
    counts = rules.tally(seen.attempts, instant(MONDAY, time(0), zone), zone, None)
    held = {hold.reason for hold in seen.holds}
    usable = seen.contact_point_usable
    return {
        "country": seen.country,
        "zone": seen.zone,
        "has_case": seen.case_open,
        "owed_amount": seen.owed,
        "dispute_open": "dispute" in held,
        "hardship_open": "hardship" in held,
        "complaint_open": "complaint" in held,
        "payment_claimed_open": "payment-claimed" in held,
        "opted_out_call": seen.opted_out,
        "contact_point_callable": usable,
        "calls_person_today_count": counts["calls_today"],
        "calls_person_7d_count": counts["calls_week"],
    }


def write(path: Path, columns: dict[str, str], rows: list[dict[str, Any]]) -> Path:
    with duck.connect() as writing:
        writing.execute(f"CREATE TABLE rows ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
        if rows:
            marks = ", ".join("?" * len(columns))
            values = [[row.get(name) for name in columns] for row in rows]
            writing.executemany(f"INSERT INTO rows VALUES ({marks})", values)
        duck.write_parquet(writing, "SELECT * FROM rows ORDER BY account_id", path)
    return path


def strike(folder: Path, seen: list[Circumstances], **proposal: Any) -> dict[int, str]:
    """What the night strikes out of these customers' contacts, by account."""
    accounts = [{"account_id": number, **row_of(each)} for number, each in enumerate(seen)]
    proposals = [
        {"account_id": number, "action": "contact", "channel": each.channel, **proposal}
        for number, each in enumerate(seen)
    ]
    output = folder / "struck.parquet"
    counts = operations.strike_out(
        day=MONDAY,
        account_day=write(folder / "account_day.parquet", ACCOUNT, accounts),
        proposals=write(folder / "proposals.parquet", PROPOSAL, proposals),
        output=output,
        rules=shipped(),
    )
    rows = parquet.read_table(output).to_pylist()
    assert counts["struck"] == len(rows) == sum(counts["by_clause"].values())
    assert all(row["struck"] for row in rows)
    return {row["account_id"]: row["clause"] for row in rows}


def day_of(seen: Circumstances) -> list[Any]:
    """Every half hour of the customer's day, and each boundary with the second before it."""
    zone = seen.zone or "Asia/Shanghai"
    start = instant(MONDAY, time(0), zone)
    moments = [start + timedelta(minutes=30 * step) for step in range(48)]
    return [*moments, *(moment - timedelta(seconds=1) for moment in moments[1:])]


def refused_all_day(seen: Circumstances) -> bool:
    """Whether the gate refuses at every instant; holds stand as they stood at night."""
    standing = replace(seen, holds=tuple(HoldSeen(hold.reason, FOREVER) for hold in seen.holds))
    return not any(rules.decide(BOOK, standing, moment).granted for moment in day_of(seen))


calls = some.lists(
    some.tuples(some.integers(-8, 0), some.integers(0, 5)).map(lambda when: call(f"0{when[1]}:30", when[0])), max_size=5
)
customers = some.builds(
    customer,
    country=some.sampled_from(["CN", "CN", "CN", "US", None]),
    zone=some.sampled_from(["Asia/Shanghai", "Asia/Shanghai", "Asia/Urumqi", None]),
    channel=some.sampled_from(["call", "call", "call", "sms"]),
    case_open=some.sampled_from([True, True, True, False]),
    owed=some.sampled_from([Decimal("1250.00"), Decimal("0.01"), Decimal("0.00"), Decimal("-3.00"), None]),
    opted_out=some.sampled_from([False, False, False, True, None]),
    contact_point_usable=some.sampled_from([True, True, True, False]),
    holds=some.sampled_from(["", "", "dispute", "hardship", "complaint", "payment-claimed"]).map(
        lambda reason: (HoldSeen(reason, FOREVER),) if reason else ()
    ),
    attempts=calls.map(tuple),
)


@settings(max_examples=25, deadline=None)
@given(seen=some.lists(customers, min_size=1, max_size=12))
def test_the_night_strikes_out_exactly_what_the_gate_would_refuse_all_day(
    tmp_path_factory: pytest.TempPathFactory, seen: list[Circumstances]
) -> None:
    struck = strike(tmp_path_factory.mktemp("night"), seen)
    for number, each in enumerate(seen):
        assert (number in struck) is refused_all_day(each), each


def test_each_contact_that_is_struck_out_names_its_clause(tmp_path: Path) -> None:
    struck = strike(
        tmp_path,
        [
            customer(),
            customer(country=None),
            customer(country="US"),
            customer(channel="wechat"),
            customer(opted_out=True),
            customer(owed=Decimal(0)),
            customer(contact_point_usable=False),
            customer(holds=(dispute(FOREVER),)),
            customer(attempts=(call("08:00", -1), call("09:00", -1), call("10:00", -2))),
            customer(opted_out=None),
        ],
    )
    assert struck == {
        1: "gate.country-unknown",
        2: "gate.country-not-covered",
        3: "gate.channel-not-covered",
        4: "jurisdictions.default.opt-out",
        5: "jurisdictions.cn.purpose",
        6: "jurisdictions.cn.contact-data",
        7: "jurisdictions.default.dispute-hold",
        8: "jurisdictions.default.calls-per-week",
        9: "jurisdictions.default.opt-out",
    }


def test_what_is_no_contact_is_never_struck_out(tmp_path: Path) -> None:
    assert strike(tmp_path, [customer(opted_out=True)], action="review", channel=None) == {}


def test_an_account_that_the_snapshot_does_not_have_is_struck_out(tmp_path: Path) -> None:
    proposals = write(tmp_path / "p.parquet", PROPOSAL, [{"account_id": 1, "action": "contact", "channel": "call"}])
    accounts = write(tmp_path / "a.parquet", ACCOUNT, [])
    counts = operations.strike_out(
        day=MONDAY, account_day=accounts, proposals=proposals, output=tmp_path / "s.parquet", rules=shipped()
    )
    assert counts["by_clause"] == {"gate.country-unknown": 1}


def test_the_same_night_gives_the_same_bytes(tmp_path: Path) -> None:
    seen = [customer(opted_out=number % 2 == 0, owed=Decimal(number % 5)) for number in range(50)]
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    assert strike(tmp_path / "one", seen) == strike(tmp_path / "two", seen)
    assert (tmp_path / "one/struck.parquet").read_bytes() == (tmp_path / "two/struck.parquet").read_bytes()


def test_the_local_day_of_the_tests_is_one_day() -> None:
    assert {local_date(moment, "Asia/Urumqi") for moment in day_of(customer(zone="Asia/Urumqi"))} == {MONDAY}
