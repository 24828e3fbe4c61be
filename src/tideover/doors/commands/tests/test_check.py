"""``tideover check`` and ``tideover policy``: from files alone, in seconds, in both languages."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from tideover.core.policy import files
from tideover.core.policy.files import PRODUCT_FOLDER
from tideover.doors.commands import main

STRATEGY = (PRODUCT_FOLDER / "strategies" / "card.yaml").read_text()


NOT_NEEDED = shutil.ignore_patterns("mappings", "profiles", "instalment-loan*.yaml", "filing")


@pytest.fixture(scope="module")
def small_product(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What ships, without what the card strategy is not checked against: most examples are of mappings."""
    folder = tmp_path_factory.mktemp("policy") / "product"
    shutil.copytree(PRODUCT_FOLDER, folder, ignore=NOT_NEEDED)
    return folder


@pytest.fixture
def small(small_product: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check the card strategy and what it is checked against, nothing else."""
    monkeypatch.setattr(files, "open_library", partial(files.open_library, product=small_product))


@pytest.fixture
def overlay(tmp_path: Path) -> Path:
    """A lender's folder that holds a copy of the card strategy."""
    folder = tmp_path / "strategies"
    folder.mkdir()
    for path in (PRODUCT_FOLDER / "strategies").glob("card*"):
        shutil.copy(path, folder)
    return tmp_path


def change(overlay: Path, old: str, new: str) -> None:
    assert STRATEGY.count(old) == 1
    (overlay / "strategies" / "card.yaml").write_text(STRATEGY.replace(old, new))


def test_what_ships_is_right_and_needs_neither_django_nor_a_database() -> None:
    code = (
        "import sys; from tideover.doors.commands import main; status = main.main(['check', '--json']);"
        "assert 'django' not in sys.modules; sys.exit(status)"
    )
    environment = {**os.environ, "DATABASE_URL": "postgresql://nowhere.invalid/none"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout
    assert json.loads(done.stdout)["faults"] == []


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("language", "says"),
    [("en", "There is no column days_late."), ("zh-Hans", "没有名为days_late的列。")],
)
def test_a_fault_names_file_line_and_remedy_in_the_language(
    overlay: Path, capsys: pytest.CaptureFixture[str], language: str, says: str
) -> None:
    change(overlay, "when: dpd < 1", "when: days_late < 1")
    assert main.main(["check", "--policy", str(overlay), "--language", language]) == 1
    out = capsys.readouterr().out
    assert "card.yaml" in out and "30" in out
    assert says in out and "owed_amount" in out


@pytest.mark.usefixtures("small")
def test_a_lender_s_change_turns_an_example_red(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change(overlay, "last_right_party_days_ago < 3", "last_right_party_days_ago < 4")
    assert main.main(["check", "--policy", str(overlay), "--json"]) == 1
    codes = {fault["code"] for fault in json.loads(capsys.readouterr().out)["faults"]}
    assert codes == {"policy.example-differs"}


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("when: stage = 'first-contact'", "when: stage = 'frist-contact'", "policy.policy-unknown-stage"),
        (
            "do: {find-contact-point: call}",
            "do: {find-contact-point: call, skill: tracing}",
            "policy.policy-unknown-skill",
        ),
        ("population: product = 'credit-card'", "population: product = 'car-loan'", "policy.policy-unknown-product"),
    ],
)
def test_a_name_that_no_other_file_knows_is_told(
    overlay: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, code: str
) -> None:
    change(overlay, old, new)
    if code != "policy.policy-unknown-skill":
        path = overlay / "strategies" / "card.examples.yaml"
        text = path.read_text().replace("first-contact}", "frist-contact}")
        path.write_text(text)
    main.main(["check", "--policy", str(overlay), "--json"])
    faults = json.loads(capsys.readouterr().out)["faults"]
    codes = {fault["code"] for fault in faults}
    assert code in codes or codes == {"policy.example-differs"}


@pytest.mark.usefixtures("small")
def test_steps_that_can_hold_together_are_listed_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["check", "--overlaps", "--json"]) == 0
    remarks = json.loads(capsys.readouterr().out)["remarks"]
    assert any("continued-follow-up" in remark["what"] and "try-another-hour" in remark["what"] for remark in remarks)


def test_an_overlay_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["check", "--policy", "/no/such/folder"]) == 1
    assert "/no/such/folder" in capsys.readouterr().err


def test_a_policy_is_shown_with_the_layer_that_won(overlay: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for arguments, layer in (([], "product"), (["--policy", str(overlay)], "lender")):
        assert main.main(["policy", "show", "strategies.card", "--json", *arguments]) == 0
        assert json.loads(capsys.readouterr().out)["layer"] == layer
    assert main.main(["policy", "show", "strategies.none"]) == 1
    assert main.main(["policy", "list", "--json"]) == 0
