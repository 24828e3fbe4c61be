"""The two processes under ``tideover serve``: the web server and the worker, each on a leash.

A process holds the reading end of a pipe whose writing end only its parent has. When the parent dies, however
it dies, the pipe ends and the process ends with all that it started. Each has a session of its own, so that a
Ctrl-C on the terminal reaches the parent alone, which stops them in order.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

WEB_THREADS = 4
SLOWEST_REQUEST_SECONDS = 30
RESTART_SECONDS = (1, 2, 5, 10, 30)
SETTLED_SECONDS = 60


class Child:
    """One process of ours: started, watched, started again when it dies, stopped."""

    def __init__(self, name: str, arguments: Sequence[str], *, log: Path | None, patience: int) -> None:
        self.name = name
        self.patience = patience
        self._arguments = arguments
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None
        self._leash: int | None = None
        self._started_at = 0.0
        self._deaths = 0
        self._wait_until = 0.0

    def start(self) -> None:
        """Start the process."""
        held, self._leash = os.pipe()
        os.set_inheritable(held, True)
        log = None
        if self._log is not None:
            log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, self.name, "--leash", str(held), *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(held,),
                start_new_session=True,
            )
        finally:
            os.close(held)
            if log is not None:
                os.close(log)
        self._started_at = time.monotonic()

    def watch(self) -> bool:
        """Start the process again if it has died, a little later each time; says whether it had just died."""
        if self._process is None:
            if time.monotonic() >= self._wait_until:
                self.start()
            return False
        if self._process.poll() is None:
            return False
        self._clear_away()
        settled = time.monotonic() - self._started_at > SETTLED_SECONDS
        self._deaths = 1 if settled else self._deaths + 1
        wait = RESTART_SECONDS[min(self._deaths, len(RESTART_SECONDS)) - 1]
        self._wait_until = time.monotonic() + wait
        return True

    def stop(self, hasten: threading.Event) -> None:
        """Let the process finish what it does, for as long as its patience or until it is hastened."""
        process = self._process
        if process is None:
            return
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + self.patience
        while process.poll() is None and time.monotonic() < deadline and not hasten.is_set():
            time.sleep(0.05)
        self._clear_away()

    def _clear_away(self) -> None:
        """End whatever is left of the process and its own children."""
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
        if self._leash is not None:
            os.close(self._leash)
            self._leash = None


def hold_leash(descriptor: int) -> None:
    """End this whole session as soon as the parent is gone."""
    os.set_inheritable(descriptor, False)

    def wait() -> None:
        with contextlib.suppress(OSError):
            while os.read(descriptor, 1):
                pass
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=wait, name="leash", daemon=True).start()


def serve_pages(host: str, port: int, processes: int) -> None:
    """Run the web server until told to stop."""
    from granian.constants import Interfaces
    from granian.log import LogLevels
    from granian.server import Server

    Server(
        "tideover.doors.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=processes,
        blocking_threads=WEB_THREADS,
        runtime_blocking_threads=WEB_THREADS,
        workers_kill_timeout=SLOWEST_REQUEST_SECONDS,
        websockets=False,
        log_level=LogLevels.warning,
        log_access=False,
    ).serve()


def work(alone: bool) -> None:
    """Run the jobs until told to stop."""
    import django

    django.setup()
    from tideover.core.jobs import worker

    worker.run(alone=alone)


def main() -> None:
    """The entry of either process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=("web", "worker"))
    parser.add_argument("--leash", type=int, required=True)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--alone", action="store_true")
    args = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tideover.settings")
    hold_leash(args.leash)
    if args.name == "web":
        serve_pages(args.host, args.port, args.processes)
    else:
        work(args.alone)


if __name__ == "__main__":
    main()
