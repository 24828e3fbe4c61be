"""The home folder of one installation: where it lies, its secrets, and who holds it."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType

from tideover.core.postgres.problems import HomeInUse, HomeUnusable

LONGEST_SOCKET_FOLDER = 80
"""A socket's whole path must stay under about 100 bytes on every system that we run on."""

SECRETS = ("owner-password", "app-password", "session-key", "person-key")


def default_home() -> Path:
    """The folder used when TIDEOVER_HOME says nothing.

    Root's lies outside ``/root``: the server then runs as another user, who cannot enter a 0700 folder.
    """
    if os.geteuid() == 0:
        return Path("/var/lib/tideover")
    data = os.environ.get("XDG_DATA_HOME")
    if data and Path(data).is_absolute():
        return Path(data) / "tideover"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "tideover"
    return Path.home() / ".local" / "share" / "tideover"


@dataclass(frozen=True)
class Home:
    """One installation's folder. Making one writes nothing; ``prepare`` does."""

    path: Path

    @classmethod
    def from_environment(cls) -> Home:
        """The home named by TIDEOVER_HOME, or the default one."""
        named = os.environ.get("TIDEOVER_HOME", "").strip()
        return cls(Path(named).expanduser().absolute() if named else default_home())

    @property
    def data(self) -> Path:
        """The embedded server's own files."""
        return self.path / "postgres"

    @property
    def log(self) -> Path:
        """The folder of log files."""
        return self.path / "log"

    @property
    def store(self) -> Path:
        """The folder of the Parquet store."""
        return self.path / "store"

    @property
    def socket_folder(self) -> Path:
        """Where the server's socket lies: in the home, or in a short folder when the home's path is long."""
        inside = self.path / "socket"
        if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
            return inside
        mark = sha256(os.fsencode(self.path)).hexdigest()[:12]
        return Path("/tmp") / f"tideover-{os.geteuid()}-{mark}"  # nosec B108: its owner is checked

    def prepare(self) -> None:
        """Make the folders and the secrets that are missing."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            for folder in (self.log, self.store, self.path / "secrets"):
                folder.mkdir(mode=0o700, exist_ok=True)
            for name in SECRETS:
                self._make_secret(name)
        except OSError as error:
            raise HomeUnusable(home=str(self.path), why=error.strerror or type(error).__name__) from error

    def read_secret(self, name: str) -> str | None:
        """A secret of this installation, or None where it has not been made or may not be read."""
        try:
            return (self.path / "secrets" / name).read_text("ascii").strip() or None
        except OSError:
            return None

    def _make_secret(self, name: str) -> None:
        target = self.path / "secrets" / name
        if target.exists():
            return
        aside = target.with_name(f".{name}.{os.getpid()}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(aside, target)
        except FileExistsError:
            pass
        finally:
            aside.unlink()


class HomeLock:
    """The right to run the server of a home: one process at a time, given back by the system if it dies."""

    def __init__(self, home: Home, command: str) -> None:
        self.home = home
        self.command = command
        self._descriptor: int | None = None

    @property
    def _path(self) -> Path:
        return self.home.path / "lock"

    def take(self) -> None:
        """Take the lock, or say which process holds it."""
        try:
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise HomeUnusable(home=str(self.home.path), why=error.strerror or "") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(descriptor)
            process, command = holder(self.home)
            raise HomeInUse(home=str(self.home.path), process=process, command=command) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"process": os.getpid(), "command": self.command}).encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the lock back."""
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> HomeLock:
        if self._descriptor is None:
            self.take()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def holder(home: Home) -> tuple[int, str]:
    """Process and command that last took the lock; (0, "") where that cannot be read."""
    try:
        noted = json.loads((home.path / "lock").read_text())
        return int(noted["process"]), str(noted["command"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, ""
