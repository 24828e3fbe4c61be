"""The store keeps a file under its digest, and never takes one whose content is another."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tideover.core import store

FOLDER = store.folder_of(7, date(2026, 10, 1))


@pytest.fixture(autouse=True)
def place(settings: Any, tmp_path: Path) -> Path:
    settings.STORE = tmp_path / "store"
    return tmp_path / "store"


def keep(content: bytes) -> store.Stored:
    with store.aside() as folder:
        path = folder / "rows.parquet"
        path.write_bytes(content)
        return store.keep(path, FOLDER)


def test_a_file_is_found_by_its_digest_and_lies_in_the_folder_of_its_day(place: Path) -> None:
    kept = keep(b"rows")
    assert store.get(kept.digest, FOLDER) == kept.path == place / "2026-10-01" / "client-7" / f"{kept.digest}.parquet"
    assert kept.path.read_bytes() == b"rows" and kept.size_bytes == 4


def test_keeping_the_same_content_again_is_the_same_file() -> None:
    assert keep(b"rows") == keep(b"rows")


def test_a_changed_or_missing_file_is_refused_by_name() -> None:
    kept = keep(b"rows")
    kept.path.write_bytes(b"other")
    with pytest.raises(store.StoredFileDamaged):
        store.get(kept.digest, FOLDER)
    kept.path.unlink()
    with pytest.raises(store.StoredFileMissing):
        store.get(kept.digest, FOLDER)


def test_what_is_written_aside_is_gone_afterwards_also_after_an_error(place: Path) -> None:
    with pytest.raises(RuntimeError), store.aside() as folder:
        (folder / "half.parquet").write_bytes(b"half")
        raise RuntimeError
    assert list((place / store.ASIDE).iterdir()) == []


def test_a_sweep_leaves_what_is_named_and_what_was_just_begun(place: Path) -> None:
    kept, left = keep(b"named"), keep(b"left")
    assert store.sweep(FOLDER, [kept.digest]) == 1
    assert store.get(kept.digest, FOLDER) and not left.path.exists()
    old, new = place / store.ASIDE / "1-dead", place / store.ASIDE / "2-alive"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "half.parquet").write_bytes(b"half")
    os.utime(old, (0, 0))
    assert store.sweep_aside() == 1
    assert not old.exists() and new.exists()
