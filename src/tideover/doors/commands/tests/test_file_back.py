"""The daily file back to a client, from the terminal."""

from __future__ import annotations

import argparse
import stat
from pathlib import Path

import pytest

from tideover.act.intake.types import BackDateAhead
from tideover.doors.commands import file_back
from tideover.know.portfolio.tests.given import make_client

pytestmark = pytest.mark.django_db


def call(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    file_back.register(parser.add_subparsers())
    args = parser.parse_args(["file-back", "--client", "hengtong", *arguments])
    return args.run(args)


@pytest.mark.parametrize(("language", "says"), [("en", "0 rows written"), ("zh-Hans", "已将0行写入")])
def test_it_is_written_for_its_owner_only_even_when_nothing_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, language: str, says: str
) -> None:
    monkeypatch.setenv("TIDEOVER_LANGUAGE", language)
    make_client("hengtong")
    target = tmp_path / "back.csv"
    assert call("--mapping", "hengtong_contacts_back", "--date", "2026-10-09", "--out", str(target)) == 0
    assert target.read_bytes().decode("gb18030").startswith("流水号,批次号,借据号")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert says in " ".join(capsys.readouterr().err.split())


def test_a_day_that_has_not_come_has_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    make_client("hengtong")
    with pytest.raises(BackDateAhead):
        call("--mapping", "hengtong_contacts_back", "--date", "2199-01-01")
    assert not list(tmp_path.iterdir())
