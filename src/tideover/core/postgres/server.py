"""The embedded server: started as our child, stopped by us, and mended after a kill.

The caller holds the home's lock. The server listens on a socket in a folder of ours and on nothing else.
"""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tideover.core.postgres import programs, roles
from tideover.core.postgres.address import OWNER, Address
from tideover.core.postgres.home import Home
from tideover.core.postgres.problems import HomeUnusable, ServerNotStarted

START_SECONDS = 600
"""Recovery after a crash in a large import takes its time; the server is waited for as long as it lives."""
LEAVING_SECONDS = 20
"""How long the processes of a killed server may take to leave."""
LOG_BYTES = 10_000_000

SETTINGS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "datestyle": "ISO, YMD",
    # No personal data in the log: no statement's text, no row's values.
    "log_statement": "none",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_min_duration_statement": "-1",
}

WITHOUT_DURABILITY: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
"""For the server of the tests, whose data nobody misses."""


class Server:
    """The embedded PostgreSQL of one home."""

    def __init__(
        self,
        home: Home,
        *,
        settings: Mapping[str, str] | None = None,
        waiting: Callable[[int], None] | None = None,
    ) -> None:
        self.home = home
        self.settings = {**SETTINGS, **(settings or {})}
        self.waiting = waiting
        self.process: subprocess.Popen[bytes] | None = None
        self._as = programs.run_as()
        self._bin: Path | None = None

    @property
    def owner(self) -> Address:
        """The address as owner."""
        return Address.of_home(self.home, OWNER)

    @property
    def _log_file(self) -> Path:
        return self.home.log / "postgres.log"

    def start(self) -> None:
        """Start the server, making it first where it is new; return when it answers and has its roles."""
        self.home.prepare()
        self._bin = programs.programs_folder(self.home.path)
        self._prepare_socket_folder()
        if not (self.home.data / "PG_VERSION").exists():
            self._initialise()
        stop_orphan(self.home.data)
        self._start_and_wait()
        roles.ensure_roles(self.owner, self.home.read_secret("app-password") or "")

    def stop(self, *, waiting_for_others: bool = False) -> None:
        """Stop the server in good order. ``waiting_for_others`` lets those who are connected finish first."""
        process = self.process
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM if waiting_for_others else signal.SIGINT)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGQUIT)
                process.wait(30)
        self.process = None

    def _prepare_socket_folder(self) -> None:
        folder = self.home.socket_folder
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        ours = {os.geteuid(), self._as.user if self._as.user is not None else os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours:
            raise HomeUnusable(home=str(self.home.path), why=f"{folder} belongs to another user")
        folder.chmod(0o700)
        self._as.own(folder)

    def _initialise(self) -> None:
        """Make the server's files aside, then move them into place: half a server is never taken for one."""
        aside = self.home.path / f"postgres.new.{os.getpid()}"
        aside.mkdir(mode=0o700)
        self._as.own(aside)
        with _password_file(self.home.read_secret("owner-password") or "") as password:
            self._as.own(password)
            made = subprocess.run(
                [
                    str(self._program("initdb")),
                    f"--pgdata={aside}",
                    f"--username={OWNER}",
                    f"--pwfile={password}",
                    "--auth=scram-sha-256",
                    "--encoding=UTF8",
                    "--locale=C.UTF-8",
                    "--no-instructions",
                    "--no-sync",
                ],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                cwd="/",
                env=_environment(),
                user=self._as.user,
                group=self._as.group,
                extra_groups=None if self._as.user is None else [],
            )
        if made.returncode != 0:
            last = made.stderr.decode(errors="replace").strip().splitlines()[-1:]
            raise ServerNotStarted(log=str(self._log_file), last_line="".join(last))
        aside.rename(self.home.data)

    def _start_and_wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        leaving = time.monotonic() + LEAVING_SECONDS
        begun = time.monotonic()
        self._spawn()
        while True:
            assert self.process is not None
            if self.process.poll() is not None:
                # After a kill -9 the orphans of the former server may still be leaving.
                if time.monotonic() > leaving:
                    self.process = None
                    raise ServerNotStarted(log=str(self._log_file), last_line=last_line(self._log_file))
                time.sleep(0.3)
                self._spawn()
            if self._answers():
                return
            if time.monotonic() > deadline:
                self.stop()
                raise ServerNotStarted(log=str(self._log_file), last_line=last_line(self._log_file))
            if self.waiting:
                self.waiting(int(time.monotonic() - begun))
            time.sleep(0.03)

    def _spawn(self) -> None:
        if self._log_file.exists() and self._log_file.stat().st_size > LOG_BYTES:
            self._log_file.replace(self._log_file.with_suffix(".1.log"))
        settings = [f"--{name}={value}" for name, value in self.settings.items()]
        log = os.open(self._log_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self.process = subprocess.Popen(
                [
                    str(self._program("postgres")),
                    "-D",
                    str(self.home.data),
                    "-k",
                    str(self.home.socket_folder),
                    *settings,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                env=_environment(),
                start_new_session=True,
                user=self._as.user,
                group=self._as.group,
                extra_groups=None if self._as.user is None else [],
            )
        finally:
            os.close(log)

    def _answers(self) -> bool:
        """Whether a connection works *and* the server that answers is our child."""
        if self.process is None or postmaster(self.home.data) != self.process.pid:
            return False
        try:
            psycopg.connect(self.owner.named("postgres").conninfo(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _program(self, name: str) -> Path:
        assert self._bin is not None
        return self._bin / name


@contextmanager
def _password_file(password: str) -> Iterator[Path]:
    """A file for initdb that holds the owner's password, gone afterwards."""
    descriptor, name = tempfile.mkstemp(prefix="tideover-")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(password)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _environment() -> dict[str, str]:
    """What the server sees of our environment: nothing that could steer it or show in it."""
    return {"PATH": os.defpath, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "TZ": "UTC"}


def postmaster(data: Path) -> int | None:
    """The process named in the server's own pid file."""
    try:
        return int((data / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError):
        return None


def stop_orphan(data: Path) -> None:
    """Stop the server that a killed owner left behind. The caller holds the home's lock."""
    process = postmaster(data)
    if process is None or not _is_server_of(process, data):
        return
    for number, seconds in ((signal.SIGINT, 30), (signal.SIGQUIT, 15), (signal.SIGKILL, 15)):
        try:
            os.kill(process, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not _is_server_of(process, data):
                return
            time.sleep(0.05)


def _is_server_of(process: int, data: Path) -> bool:
    """Whether a process is a PostgreSQL that works on this folder; a reused number is not."""
    shown = Path(f"/proc/{process}/cmdline")
    try:
        if shown.exists():
            command = shown.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        elif Path("/proc/self").exists():
            return False
        else:
            listed = subprocess.run(["/bin/ps", "-o", "command=", "-p", str(process)], capture_output=True, text=True)
            command = listed.stdout
    except OSError:
        return False
    return "postgres" in command and str(data) in command


def last_line(log: Path) -> str:
    """The last line of the server's log, for an error message."""
    try:
        lines = log.read_text(errors="replace").strip().splitlines()
    except OSError:
        return ""
    return lines[-1] if lines else ""
