"""A ladder's file: what ships is right, and what a lender gets wrong is said by name and line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tideover.core import words
from tideover.core.policy import files
from tideover.core.policy.types import PolicyRefused
from tideover.know.cases import policy_schema

SHIPPED = files.PRODUCT_FOLDER / "stages" / "card.yaml"


def read(text: str, tmp_path: Path) -> None:
    path = tmp_path / "stages" / "card.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    files.read_file(policy_schema.KIND, files.Layer("lender", tmp_path), path)


def test_the_ladder_that_ships_leads_from_intake_to_handing_back() -> None:
    ladder = files.read_file(policy_schema.KIND, files.Layer("product", files.PRODUCT_FOLDER), SHIPPED).data

    assert [stage.name for stage in ladder.stages] == [
        "intake-and-filing", "first-contact", "next-day-follow-up", "continued-follow-up", "pre-final-review",
        "final-notice", "handed-back",
    ]  # fmt: skip
    worked = [stage for stage in ladder.stages if stage.owner != "system"]
    assert all(stage.skill and stage.deadline_calendar_days and stage.moves for stage in worked)
    assert all(words.has(f"cases.skill.{stage.skill}") for stage in worked)


@pytest.mark.parametrize(
    ("why", "old", "new", "code"),
    [
        ("a move to nowhere", "to: first-contact", "to: first-contract", "policy.stages-unknown-target"),
        ("a stage that nothing leads to", "to: final-notice", "to: handed-back", "policy.stages-unreachable"),
        ("a stage that anybody could work", "    skill: final\n", "", "policy.stages-no-skill"),
        ("an unknown column", "dpd >= 1", "days_late >= 1", "policy.condition-unknown-column"),
        ("days compared with a word", "dpd >= 1", "dpd >= 'one'", "policy.condition-mixed-units"),
        ("a decision that nobody can take", "'go-on'", "'perhaps'", "policy.condition-unknown-value"),
        ("two stages of one name", "name: next-day-follow-up", "name: first-contact", "policy.stages-twice"),
    ],
)
def test_what_is_wrong_in_a_ladder_is_named(tmp_path: Path, why: str, old: str, new: str, code: str) -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text, why
    with pytest.raises(PolicyRefused) as refused:
        read(text.replace(old, new, 1), tmp_path)
    found = {fault.code for fault in refused.value.faults}
    assert code in found
    assert all(words.has(each) for each in found)
