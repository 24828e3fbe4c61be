"""The scenario grammar says what it does not understand, and where."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from pathlib import Path

import pytest

from tideover.core.policy.types import PolicyRefused
from tideover.rehearsal.scenarios import grammar
from tideover.rehearsal.scenarios.grammar import ScenarioNotUnderstood

HEAD = 'scenario: {en: "A", zh-Hans: "甲"}\n'


def _read(tmp_path: Path, text: str) -> grammar.Scenario:
    path = tmp_path / "told.yaml"
    path.write_text(HEAD + text, "utf-8")
    return grammar.read(path)


def test_a_day_is_read_with_what_is_expected_done_and_left(tmp_path: Path) -> None:
    told = _read(
        tmp_path,
        "days:\n"
        "  - day: 2026-10-01\n"
        "    scheduled: call first-contact\n"
        '    "09:20": call → promises 500.50 by 2026-10-03\n'
        "    then: promise open, owes 12500\n",
    )
    (day,) = told.days
    assert day.day == date(2026, 10, 1)
    assert day.scheduled is not None and day.scheduled.values == {"stage": "first-contact"}
    ((at, done),) = day.done
    assert at == time(9, 20)
    assert (done.kind, done.values["amount"], done.values["date"]) == (
        "promises",
        Decimal("500.50"),
        date(2026, 10, 3),
    )
    assert [phrase.kind for phrase in day.then] == ["promise", "owes"]


def test_what_is_not_stated_has_a_default(tmp_path: Path) -> None:
    told = _read(tmp_path, "given:\n  account: {owes: 80}\ndays:\n  - day: 2026-10-01\n")
    assert (told.given.owes, told.given.zone) == (Decimal(80), "Asia/Shanghai")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("days:\n  - day: 2026-10-01\n    planned: call\n", 4),
        ("days:\n  - day: 2026-10-01\n    scheduled: letter\n", 4),
        ('days:\n  - day: 2026-10-01\n    "09:20": call → shouts\n', 4),
        ('days:\n  - day: 2026-10-01\n    "25:20": call → refuses\n', 4),
        ("days:\n  - day: 2026-10-01\n    then: case open, everybody happy\n", 4),
        ("days:\n  - day: 2026-02-30\n", 3),
        ("days:\n  - day: 2026-10-02\n  - day: 2026-10-01\n", 4),
        ("given:\n  customer: {age: 30}\ndays:\n  - day: 2026-10-01\n", 3),
        ('days:\n  - day: 2026-10-01\n    "09:20": call → disputes until 2026-13-01\n', 4),
        ("given:\n  customer: {name: A}\n", 1),
    ],
)
def test_what_the_grammar_does_not_know_is_refused_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    with pytest.raises(ScenarioNotUnderstood) as refused:
        _read(tmp_path, text)
    assert refused.value.fields["line"] == line


def test_a_repeated_hour_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyRefused):
        _read(tmp_path, 'days:\n  - day: 2026-10-01\n    "09:20": call → refuses\n    "09:20": call → refuses\n')


def test_every_scenario_of_the_house_is_understood() -> None:
    folder = Path(__file__).parents[4] / "tests" / "scenarios"
    files = sorted(folder.glob("*.yaml"))
    assert len(files) >= 8
    for file in files:
        assert set(grammar.read(file).title) == {"en", "zh-Hans"}
