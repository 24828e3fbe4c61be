"""More hands for a replay: processes that open a lender's day or work some lists, so that a demo uses two cores.

    python -m tideover.rehearsal.hands

One line a task on standard input, one line an answer on standard output (counts). Standard input ends with whoever
asked for the work, and so does this process, between two items at the latest.
"""

from __future__ import annotations

import gc
import json
import os
import subprocess  # nosec B404
import sys
from collections import Counter, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.db import connection

GARBAGE_AFTER = 50_000
"""Objects made between two looks for garbage: a dial makes many that go by themselves."""


class HandsLost(RuntimeError):
    """A helping process ended before its work was done. The replay stops there, and goes on when it is run again."""


class Hands:
    """Some processes that each work lists on their own connection."""

    def __init__(self, processes: Sequence[subprocess.Popen[str]]) -> None:
        self._processes = processes

    def work(self, user_ids: Sequence[int]) -> Counter[str]:
        """Let the lists of these collectors on the demo's open day be worked, shared among the processes."""
        return self._share("lists", user_ids, {})

    def open(self, client_ids: Sequence[int], folder: Path) -> None:
        """Let the morning of these lenders come in and be decided, each by one process; the last assigns for all."""
        self._share("clients", client_ids, {"folder": str(folder)})

    def _share(self, what: str, ids: Sequence[int], more: dict[str, str]) -> Counter[str]:
        """One at a time to whichever process is free, so that none waits while another has much left."""
        left = deque(ids)
        with ThreadPoolExecutor(len(self._processes)) as askers:
            asked = [askers.submit(_ask, process, what, left, more) for process in self._processes]
            return sum((each.result() for each in asked), Counter[str]())


def _ask(process: subprocess.Popen[str], what: str, left: deque[int], more: dict[str, str]) -> Counter[str]:
    """Give a process one after the other of what is left; what another took meanwhile is not missed."""
    counts: Counter[str] = Counter()
    while True:
        try:
            each = left.popleft()
        except IndexError:
            return counts
        _pipe(process.stdin).write(json.dumps({what: [each], **more}) + "\n")
        _pipe(process.stdin).flush()
        answer = _pipe(process.stdout).readline()
        if not answer:
            raise HandsLost
        counts.update(json.loads(answer))


@contextmanager
def employed(count: int) -> Iterator[Hands | None]:
    """As many helping processes, or None where one process does it all."""
    if count < 2:
        yield None
        return
    processes = [_start() for _ in range(count)]
    try:
        yield Hands(processes)
    finally:
        for process in processes:
            _pipe(process.stdin).close()
        for process in processes:
            process.wait(60)
            _pipe(process.stdout).close()


@contextmanager
def without_waiting() -> Iterator[None]:
    """While this lasts, commits of this connection do not wait for the disk.

    A machine that fails loses the last of them, in their order and none by half, and the replay goes on from there.
    """
    _set("SET synchronous_commit TO off")
    try:
        yield
    finally:
        _set("RESET synchronous_commit")


def _set(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(text)


def _start() -> subprocess.Popen[str]:
    return subprocess.Popen(  # nosec B603
        [sys.executable, "-m", "tideover.rehearsal.hands"],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tideover.settings"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise HandsLost
    return pipe


def main() -> None:
    """Do what standard input asks for, until it ends."""
    import django

    django.setup()
    from tideover.rehearsal import replaying

    gc.freeze()  # what is loaded by now stays: no need to look through it again and again
    gc.set_threshold(GARBAGE_AFTER)
    asked_by = os.getppid()
    with without_waiting():
        for line in sys.stdin:
            task = json.loads(line)
            if "clients" in task:
                replaying.open_clients(task["clients"], Path(task["folder"]))
                counts: Counter[str] = Counter()
            else:
                counts = replaying.work_lists(task["lists"], is_over=lambda: os.getppid() != asked_by)
            print(json.dumps(counts), flush=True)


if __name__ == "__main__":
    main()
