"""``tideover serve``: web, worker and periodic jobs under one parent, on the embedded server by default."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from django.db import DatabaseError

from tideover.core.postgres import roles
from tideover.core.postgres.home import Home, HomeLock
from tideover.core.postgres.server import Server
from tideover.core.problem import Problem
from tideover.doors.commands import database, terminal
from tideover.doors.commands.processes import SLOWEST_REQUEST_SECONDS, Child

READY_SECONDS = 60
LOOK_SECONDS = 0.3


class PortInUse(Problem):
    """Another program listens there already."""

    code = "serve.port-in-use"


class PreparationFailed(Problem):
    """A preparing process ended with an error, which it has said itself."""

    code = "serve.preparation-failed"


@dataclass(frozen=True)
class Options:
    """How to serve."""

    command: str
    host: str
    port: int
    processes: int
    logs_to_files: bool
    job_seconds: int = 15
    """How long a stopping worker's job may go on before it is cut off; it is done again at the next start."""


def register(subparsers: Any) -> None:
    """Add the command to the parser."""
    parser = subparsers.add_parser("serve", help=terminal.say("serve.help"))
    add_address(parser)
    parser.add_argument("--processes", type=int, default=1, help=terminal.say("serve.processes"))
    parser.set_defaults(run=run)


def add_address(parser: argparse.ArgumentParser) -> None:
    """The options that say where pages are served."""
    parser.add_argument("--host", default="127.0.0.1", help=terminal.say("serve.host"))
    parser.add_argument("--port", type=int, default=8000, help=terminal.say("serve.port"))


def run(args: argparse.Namespace) -> None:
    """Serve until told to stop."""
    options = Options("serve", args.host, args.port, args.processes, logs_to_files=False)
    serve(options, ready=lambda: terminal.tell("serve.ready", address=address(options)))


def address(options: Options) -> str:
    """The address to type into a browser."""
    host = "localhost" if options.host in ("127.0.0.1", "0.0.0.0", "::", "::1") else options.host  # nosec B104
    return f"http://{host}:{options.port}/"


def serve(
    options: Options,
    *,
    ready: Callable[[], None],
    prepare: Callable[[], None] = lambda: None,
    meanwhile: Callable[[], None] = lambda: None,
) -> None:
    """Start everything, keep it running, and stop it in order: web, worker, PostgreSQL.

    ``prepare`` runs when the database is migrated and before pages stand; ``ready`` when they do, and
    ``meanwhile`` again and again from then on.
    """
    stopping, hasten = threading.Event(), threading.Event()
    home = Home.from_environment()
    home.prepare()
    with _signals(stopping, hasten), HomeLock(home, options.command):
        check_port_free(options.host, options.port)
        with _embedded_server(home) as server:
            _prepare_database_and_files()
            prepare()
            children = [_web(options, home), _worker(options, home, alone=server is not None)]
            try:
                for child in children:
                    child.start()
                if _wait_for_pages(options, children, stopping):
                    ready()
                _keep_running(children, server, stopping, meanwhile)
            finally:
                if sys.stderr.isatty():
                    terminal.tell("serve.stopping")
                for child in children:
                    child.stop(hasten)
    if stopping.is_set():
        terminal.tell("serve.stopped")


@contextlib.contextmanager
def _signals(stopping: threading.Event, hasten: threading.Event) -> Iterator[None]:
    """The first Ctrl-C stops in good order, the second without waiting."""

    def on_signal(number: int, frame: Any) -> None:
        if stopping.is_set():
            hasten.set()
        stopping.set()

    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, on_signal) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextlib.contextmanager
def _embedded_server(home: Home) -> Iterator[Server | None]:
    """The home's own server, its address in the environment of our children; None where one was given."""
    if os.environ.get("DATABASE_URL"):
        yield None
        return
    server = Server(home, waiting=_tell_recovery())
    server.start()
    try:
        roles.ensure_database(server.owner)
        os.environ.update(database.embedded_environment(home))
        yield server
    finally:
        server.stop()
        for name in database.embedded_environment(home):
            if name != "TIDEOVER_HOME":
                os.environ.pop(name, None)


def _tell_recovery() -> Callable[[int], None]:
    told: set[int] = set()

    def tell(seconds: int) -> None:
        if seconds >= 5 and seconds % 5 == 0 and seconds not in told:
            told.add(seconds)
            terminal.tell("serve.recovering", seconds=seconds)

    return tell


def _prepare_database_and_files() -> None:
    """Migrate and collect the static files, side by side.

    Where nothing says how to reach the database as its owner, somebody else migrates it; then it has to be current.
    """
    collecting = subprocess.Popen(
        [sys.executable, "-m", "django", "collectstatic", "--noinput", "--clear", "--skip-checks", "-v0"],
        env={**os.environ, "TIDEOVER_COLLECTS": "1"},
        start_new_session=True,
    )
    try:
        if not database.is_current():
            if not os.environ.get("DATABASE_OWNER_URL"):
                raise database.SchemaBehind
            _migrate()
    except Problem:
        collecting.kill()
        raise
    finally:
        failed = collecting.wait() != 0
    if failed:
        raise PreparationFailed(what="collectstatic")
    database.activate_policies()


def _migrate() -> None:
    migrating = subprocess.run(
        [sys.executable, "-m", "tideover.doors.commands.main", "migrate"], start_new_session=True
    )
    if migrating.returncode != 0:
        raise PreparationFailed(what="migrate")


def check_port_free(host: str, port: int) -> None:
    """Refuse where another program listens already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortInUse(host=host, port=str(port), why=error.strerror or "") from error


def _web(options: Options, home: Home) -> Child:
    arguments = ["--host", options.host, "--port", str(options.port), "--processes", str(options.processes)]
    log = home.log / "web.log" if options.logs_to_files else None
    return Child("web", arguments, log=log, patience=SLOWEST_REQUEST_SECONDS + 5)


def _worker(options: Options, home: Home, *, alone: bool) -> Child:
    log = home.log / "worker.log" if options.logs_to_files else None
    return Child("worker", ["--alone"] if alone else [], log=log, patience=options.job_seconds)


def _wait_for_pages(options: Options, children: list[Child], stopping: threading.Event) -> bool:
    host = f"[{options.host}]" if ":" in options.host else options.host
    host = host.replace("0.0.0.0", "127.0.0.1").replace("[::]", "[::1]")  # nosec B104
    deadline = time.monotonic() + READY_SECONDS
    while not stopping.is_set() and time.monotonic() < deadline:
        try:
            urlopen(f"http://{host}:{options.port}/", timeout=10).close()  # nosec B310
            return True
        except HTTPError:
            return True
        except (URLError, OSError):
            _tell_deaths(children)
            time.sleep(0.1)
    return False


def _keep_running(
    children: list[Child], server: Server | None, stopping: threading.Event, meanwhile: Callable[[], None]
) -> None:
    while not stopping.wait(LOOK_SECONDS):
        _tell_deaths(children)
        if server is not None and server.process is not None and server.process.poll() is not None:
            terminal.tell("serve.restarting", name="PostgreSQL")
            server.start()
            continue
        with contextlib.suppress(DatabaseError):
            meanwhile()


def _tell_deaths(children: list[Child]) -> None:
    for child in children:
        if child.watch():
            terminal.tell("serve.restarting", name=child.name)
