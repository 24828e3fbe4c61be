"""What browser tests need from the system is installed by root; anybody else is told the exact command."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tools import browser_parts


@pytest.fixture
def nothing_there(monkeypatch: pytest.MonkeyPatch) -> None:
    there: set[str] = set()

    def run(command: list[str], **_given: object) -> None:
        there.update(command)

    def list_missing() -> list[str]:
        return [part for part, package in browser_parts.PACKAGES.items() if package not in there]

    monkeypatch.setattr(browser_parts, "list_missing", list_missing)
    monkeypatch.setattr(browser_parts.subprocess, "run", run)
    monkeypatch.setattr(browser_parts.shutil, "which", lambda name: f"/usr/bin/{name}")


def test_an_ordinary_user_is_told_the_exact_command_and_nothing_goes_on(
    nothing_there: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(browser_parts.os, "geteuid", lambda: 1000)
    assert browser_parts.main() == 1
    assert (
        "    sudo apt-get update && sudo apt-get install --yes --no-install-recommends"
        " chromium fonts-noto-cjk libatomic1\n" in capsys.readouterr().err
    )


def test_root_gets_them_installed(nothing_there: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser_parts.os, "geteuid", lambda: 0)
    assert browser_parts.main() == 0
    assert browser_parts.list_missing() == []


def test_a_browser_that_is_named_is_the_one_that_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "browser"
    monkeypatch.setenv("TIDEOVER_CHROMIUM", str(program))
    assert browser_parts.find_browser() is None
    program.touch(mode=stat.S_IRWXU)
    assert browser_parts.find_browser() == str(program)
