"""Invented people do not depend on who else is in the portfolio, nor on any order."""

from __future__ import annotations

import csv
import gzip
from collections import Counter
from pathlib import Path

from tideover.rehearsal import people
from tideover.rehearsal.portfolio import Portfolio

SEED = 7


def test_the_demo_holds_540_late_and_owing_accounts_and_60_others() -> None:
    rows = list(Portfolio(accounts=600, seed=SEED).rows())
    late = [row for row in rows if int(row["pay_0"]) > 0 and int(row["bill_amt1"]) > 0]
    assert (len(rows), len(late)) == (600, 540)


def test_no_protected_column_and_no_outcome_is_packaged() -> None:
    row = next(Portfolio(accounts=1, seed=SEED).rows())
    assert not {"sex", "education", "marriage", "age", "default_next_month"} & set(row)


def test_an_account_has_the_same_holder_in_a_small_portfolio_as_in_a_large_one() -> None:
    large = {row["account_id"]: row for row in Portfolio(accounts=1000, seed=SEED).rows()}
    small = {row["account_id"]: row for row in Portfolio(accounts=200, seed=SEED).rows()}
    assert len(small) == 200
    assert all(large[number] == row for number, row in small.items())


def test_another_seed_gives_other_people() -> None:
    one = [row["full_name"] for row in Portfolio(accounts=100, seed=1).rows()]
    two = [row["full_name"] for row in Portfolio(accounts=100, seed=2).rows()]
    assert one != two


def test_a_few_people_hold_two_accounts_and_a_few_have_no_telephone() -> None:
    rows = list(Portfolio(accounts=600, seed=SEED).rows())
    held = Counter(row["customer_number"] for row in rows)
    assert 3 <= sum(1 for count in held.values() if count > 1) <= 40
    assert max(held.values()) <= 6
    assert 5 <= sum(1 for row in rows if not row["phone_1"]) <= 40


def test_people_live_where_the_rules_apply_some_of_them_in_another_zone_and_some_speak_english() -> None:
    everybody = [people.invent(f"C{number}", SEED) for number in range(2000)]
    assert {person.country for person in everybody} == {"CN"}
    assert {person.zone for person in everybody} == {"Asia/Shanghai", "Asia/Urumqi"}
    assert {person.language for person in everybody} == {"zh-Hans", "en"}


def test_no_number_can_ring_anywhere() -> None:
    for number in range(500):
        for phone in people.invent(f"C{number}", SEED).phones:
            assert phone.startswith("+86154")
            assert len(phone) == len("+8613800000000")


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    one = Portfolio(accounts=200, seed=SEED).write(tmp_path / "one.csv.gz").read_bytes()
    two = Portfolio(accounts=200, seed=SEED).write(tmp_path / "two.csv.gz").read_bytes()
    assert one == two
    rows = list(csv.DictReader(gzip.decompress(one).decode().splitlines()))
    assert len(rows) == 200
