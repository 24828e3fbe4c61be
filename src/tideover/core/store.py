"""The store: Parquet files kept under the digest of their content, in a folder a day, for as long as a decision may
be asked about. What is written aside has no name yet; what has a name never changes.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from django.conf import settings

from tideover.core.problem import Problem

ASIDE = ".aside"
STALE_SECONDS = 24 * 3600
_CHUNK = 1 << 20


class StoredFileMissing(Problem):
    """A file that the database names is not in the store."""

    code = "core.store.missing"


class StoredFileDamaged(Problem):
    """A file's content is no longer what its name says."""

    code = "core.store.damaged"


@dataclass(frozen=True)
class Stored:
    """A file in the store: its name is the SHA-256 of its content."""

    digest: str
    path: Path
    size_bytes: int


def digest_of(path: Path) -> str:
    """SHA-256 of the file's content, in hex."""
    whole = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            whole.update(chunk)
    return whole.hexdigest()


def folder_of(client_id: int, day: date) -> str:
    """The name of the folder that holds what a client's day was decided on, and the decision."""
    return f"{day.isoformat()}/client-{client_id}"


@contextmanager
def aside() -> Iterator[Path]:
    """A folder of one's own to write in, on the store's file system; gone afterwards, whatever happened."""
    folder = _root() / ASIDE / f"{os.getpid()}-{secrets.token_hex(6)}"
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        for path in folder.iterdir():
            path.unlink(missing_ok=True)
        folder.rmdir()


def keep(path: Path, folder: str) -> Stored:
    """Move a finished file into the store under its digest, safe against a crash at any point."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    digest = digest_of(path)
    target = _root() / folder / f"{digest}.parquet"
    target.parent.mkdir(parents=True, exist_ok=True)
    size_bytes = path.stat().st_size
    path.replace(target)
    _sync_folder(target.parent)
    return Stored(digest, target, size_bytes)


def get(digest: str, folder: str) -> Path:
    """The file of this digest, its content checked; raises StoredFileMissing or StoredFileDamaged."""
    path = _root() / folder / f"{digest}.parquet"
    if not path.is_file():
        raise StoredFileMissing(digest=digest, folder=folder)
    if digest_of(path) != digest:
        raise StoredFileDamaged(digest=digest, folder=folder)
    return path


def sweep(folder: str, named: Collection[str]) -> int:
    """Drop a folder's files that nothing names: left by a run that died. The caller holds the folder's lock."""
    swept = 0
    for path in (_root() / folder).glob("*.parquet"):
        if path.stem not in named:
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def sweep_aside() -> int:
    """Drop what was written aside a day ago or earlier: its run is dead. Says how many folders went."""
    swept = 0
    for folder in (_root() / ASIDE).glob("*"):
        if time.time() - folder.stat().st_mtime > STALE_SECONDS:
            for path in folder.iterdir():
                path.unlink(missing_ok=True)
            folder.rmdir()
            swept += 1
    return swept


def _root() -> Path:
    return Path(settings.STORE)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
