"""Processes of our own for tests of races and crashes: forked, on the same test database, reaped by the caller."""

from __future__ import annotations

import os
import pickle
import signal
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connections


@dataclass(frozen=True)
class Ended:
    """How a child ended: what it returned, or the signal that killed it."""

    result: Any
    killed_by: int | None


def run(works: list[Callable[[], Any]]) -> list[Ended]:
    """Run each piece of work in a child of its own, all at once, and wait for all of them."""
    connections.close_all()
    started = [_start(work) for work in works]
    return [_wait(pid, reading) for pid, reading in started]


def _start(work: Callable[[], Any]) -> tuple[int, int]:
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    status = 1
    try:
        os.close(reading)
        connections.close_all()
        with os.fdopen(writing, "wb") as pipe:
            pickle.dump(work(), pipe)
        status = 0
    finally:
        os._exit(status)


def _wait(pid: int, reading: int) -> Ended:
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return Ended(None, os.WTERMSIG(status))
    assert os.WEXITSTATUS(status) == 0, "a child ended with an error; see its output above"
    return Ended(pickle.loads(said), None)


def die() -> None:
    """End this process as a power cut would: no handler runs, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)
