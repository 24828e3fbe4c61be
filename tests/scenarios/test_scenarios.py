"""Every scenario of this folder, run by the real operations on a real database."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tideover.rehearsal.scenarios import grammar, runner

FOLDER = Path(__file__).parent
TOLD = {
    "first-contact",
    "next-day-follow-up",
    "continued-follow-up",
    "final-notice",
    "cured",
    "promise-kept",
    "promise-broken",
    "hold-with-expiry",
    "second-account",
    "reopened-by-reversal",
    "collector-absent",
    "collector-leaves",
    "truncated-full-file",
    "recall",
    "batch-end",
    "batch-end-and-retain",
    "final-notice-gap",
    "guarantor",
    "failed-debit",
    "already-paid",
    "inbound",
}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a file, called by its name."""
    if "scenario_file" in metafunc.fixturenames:
        files = sorted(FOLDER.glob("*.yaml"))
        metafunc.parametrize("scenario_file", files, ids=[file.stem for file in files])


@pytest.mark.django_db
def test_the_house_does_what_the_scenario_tells(scenario_file: Path, tmp_path: Path, settings: Any) -> None:
    settings.STORE = tmp_path / "store"  # two at once would sweep away what the other has just written
    runner.run(grammar.read(scenario_file), tmp_path)


def test_the_ways_of_a_case_are_told() -> None:
    assert {file.stem for file in FOLDER.glob("*.yaml")} >= TOLD
