"""A client is made, its file tried and imported, and what was refused is brought back, from the terminal."""

from __future__ import annotations

import argparse
import json
import stat
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

from tideover.act.intake.tests.given import PEOPLE, ROW, write
from tideover.act.intake.tests.test_hengtong import SAMPLES
from tideover.core.clock import operations as clock_operations
from tideover.doors.commands import acknowledge, client, import_, quarantine, set_aside
from tideover.know.clients.types import OwnImport, UnknownClient

pytestmark = pytest.mark.django_db


def call(module: ModuleType, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    module.register(parser.add_subparsers())
    args = parser.parse_args(list(arguments))
    return args.run(args) or 0


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDEOVER_LANGUAGE", "en")


def add_client() -> int:
    return call(client, "client", "add", "bank", "--name-en", "Bank", "--name-zh", "银行")


def imported(path: Path, *more: str) -> int:
    given = ("--client", "bank", "--kind", "placement", "--mapping", "uci_card_default", "--cut-off", "2026-09-30")
    return call(import_, "import", str(path), *given, *more)


def test_client_add_and_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert add_client() == 0 and add_client() == 0
    assert call(client, "client", "list", "--json") == 0
    assert json.loads(capsys.readouterr().out.split("\n", 2)[2])[0]["name"]["zh-Hans"] == "银行"


def test_an_import_for_an_unknown_client_names_the_command(tmp_path: Path) -> None:
    with pytest.raises(UnknownClient):
        imported(write(tmp_path, [ROW]))


@pytest.mark.parametrize(("language", "says"), [("en", "Dry run: nothing was written."), ("zh-Hans", "试运行")])
def test_a_dry_run_reads_well_in_both_languages(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], language: str, says: str
) -> None:
    add_client()
    path = write(tmp_path, [ROW | PEOPLE, ROW | PEOPLE | {"account_id": "2", "bill_amt1": "[red]lots"}])
    assert imported(path, "--dry-run", "--language", language) == 0
    out = capsys.readouterr().out
    assert says in out and "NT$3,913.00" in out and "[red]lots" in out and "bill_amt1" in out


def test_a_thousand_refused_rows_stay_readable_and_json_has_them_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_client()
    path = write(tmp_path, [ROW | {"account_id": str(number), "bill_amt1": "x"} for number in range(1000)])
    assert imported(path, "--dry-run") == 1
    assert len(capsys.readouterr().out.splitlines()) < 90
    assert imported(path, "--dry-run", "--json") == 1
    told = json.loads(capsys.readouterr().out)
    assert len(told["refused_rows"]) == 1000 and told["refused_rows"][0]["problems"][0]["code"] == "not-an-amount"
    assert told["documents"] == 0


def test_the_quarantine_is_written_for_its_owner_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    add_client()
    imported(write(tmp_path, [ROW, ROW | {"account_id": "2", "bill_amt1": "lots"}]), "--json")
    import_id = json.loads(capsys.readouterr().out.split("\n", 1)[1])["import_id"]
    target = tmp_path / "mend.csv"
    assert call(quarantine, "quarantine", str(import_id), "--output", str(target)) == 0
    assert target.read_bytes().startswith(b"\xef\xbb\xbf") and b"lots" in target.read_bytes()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    call(quarantine, "quarantine", str(import_id))
    assert "lots" in capsys.readouterr().out
    given = ("set-aside", str(import_id), "--records", "3", "--note", "not placed with us")
    assert call(set_aside, *given) == 0
    told = capsys.readouterr().err
    assert "One row set aside." in told and "0 rows still wait" in told
    assert call(set_aside, *given[:2], "--all", "--note", "again") == 0
    assert "0 rows set aside." in capsys.readouterr().err


def test_a_file_that_comes_again_changes_nothing_and_brings_no_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(client, "client", "add", "hengtong", "--name-en", "Hengtong", "--name-zh", "恒通") == 0
    path = tmp_path / "placement.csv"
    for name in (path.name, f"{path.name}.control.yaml"):
        path.with_name(name).write_bytes((SAMPLES / "good" / name).read_bytes())
    given = ("--client", "hengtong", "--kind", "placement", "--mapping", "hengtong_placement")
    assert call(import_, "import", str(path), *given) == 0
    assert "4 documents are new" in capsys.readouterr().out
    for language, unchanged, documents in (
        ("en", "Nothingwaschanged.", "documentsarenew"),
        ("zh-Hans", "未作任何变更。", "新归档资料"),
    ):
        assert call(import_, "import", str(path), *given, "--language", language) == 0
        told = "".join(capsys.readouterr().out.split())
        assert unchanged in told and documents not in told


def test_a_truncated_full_file_is_held_stopped_mended_and_acknowledged_from_the_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_client()
    rows = [ROW | {"account_id": str(number)} for number in range(1, 5)]
    imported(write(tmp_path, rows, "placed.csv"))
    path = write(tmp_path, rows[:2], "full.csv")
    told = 'format: 1\nkind: full\nsequence: 1\ncut_off: 2026-10-01\nrows: 4\ntotals: {TWD: "15652.00"}\n'
    (tmp_path / "full.csv.control.yaml").write_text(told)
    given = ("--client", "bank", "--kind", "full", "--mapping", "uci_card_default")
    capsys.readouterr()
    assert call(import_, "import", str(path), *given) == 1
    out = " ".join(capsys.readouterr().out.split())
    assert "nothing of it was taken" in out and "Collection for this client is stopped" in out
    assert "The client announced 4 records, the file has 2." in out and "Nobody was closed" in out
    assert call(acknowledge, "acknowledge") == 0
    listed = capsys.readouterr().out
    stop, number = listed.split(" · ")[0], listed.split("import ")[1].split(" ")[0]
    assert call(import_, "import", str(write(tmp_path, rows, "whole.csv")), *given, "--mends", number) == 0
    assert call(acknowledge, "acknowledge") == 0
    assert "explained since by import" in capsys.readouterr().out
    with pytest.raises(OwnImport):
        call(acknowledge, "acknowledge", stop, "--note", "mended")
    assert call(import_, "import", str(path), *given, "--json") == 1
    told_again = json.loads(capsys.readouterr().out)
    assert (
        told_again["is_repeat"] and told_again["status"] == "held" and told_again["reasons"][0]["code"] == "rows-differ"
    )


@pytest.mark.parametrize(("zone", "hour"), [("Asia/Shanghai", "07:30"), ("Asia/Kolkata", "05:00")])
def test_the_terminal_tells_hours_by_the_clock_of_the_client(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], zone: str, hour: str
) -> None:
    """Half past eleven at night in London is the next morning where the lender's people look at their pages."""
    clock_operations.set_instant(at=datetime(2026, 10, 1, 23, 30, tzinfo=UTC), waits_until_at=None)
    call(client, "client", "add", "bank", "--name-en", "Bank", "--name-zh", "银行", "--zone", zone)
    rows = [ROW | {"account_id": str(number)} for number in range(1, 5)]
    imported(write(tmp_path, rows, "placed.csv"))
    imported(write(tmp_path, rows, "placed.csv"))
    out = " ".join(capsys.readouterr().out.split())
    assert "imported before, as number" in out and f"(2 Oct 2026, {hour})" in out
    clock_operations.set_instant(at=datetime(2026, 10, 2, 23, 30, tzinfo=UTC), waits_until_at=None)
    given = ("--client", "bank", "--kind", "full", "--mapping", "uci_card_default", "--cut-off", "2026-10-01")
    call(import_, "import", str(write(tmp_path, rows[:1], "full.csv")), *given)
    capsys.readouterr()
    assert call(acknowledge, "acknowledge") == 0
    assert f"since 3 Oct 2026, {hour}, import" in capsys.readouterr().out
