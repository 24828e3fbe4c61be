"""One parent, a web server, a worker, a database: started, refused twice, killed, started again, stopped."""

from __future__ import annotations

import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

PATIENCE_SECONDS = 90


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home that the server's user may enter, also when that is not us."""
    folder = Path(tempfile.mkdtemp(prefix="tideover-home-"))
    folder.chmod(0o755)
    yield folder
    for process in list_processes(folder):
        os.kill(process, signal.SIGKILL)
    shutil.rmtree(folder, ignore_errors=True)


class Serving:
    """A ``tideover serve`` in a process group of its own, as a terminal would start it."""

    def __init__(self, home: Path, **more: str) -> None:
        self.port = free_port()
        self.process = subprocess.Popen(
            [*TIDEOVER, "serve", "--port", str(self.port)],
            env={**environment(home), **more},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.said.put(line)

    def wait_until_ready(self) -> None:
        """Wait for the line that names the address."""
        heard: list[str] = []
        deadline = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                heard.append(self.said.get(timeout=0.2))
            except queue.Empty:
                assert self.process.poll() is None, "".join(heard)
                continue
            if f"http://localhost:{self.port}/" in heard[-1]:
                return
        pytest.fail("not ready: " + "".join(heard))

    def press_ctrl_c(self) -> int:
        """A terminal sends the interrupt to the whole group in the foreground."""
        os.killpg(self.process.pid, signal.SIGINT)
        return self.process.wait(PATIENCE_SECONDS)


TIDEOVER = (sys.executable, "-m", "tideover.doors.commands.main")


def environment(home: Path) -> dict[str, str]:
    """What somebody's shell would have, with this home."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("TIDEOVER_", "DATABASE_"))}
    return {
        **kept,
        "TIDEOVER_HOME": str(home),
        "TIDEOVER_LANGUAGE": "en",
        "DJANGO_SETTINGS_MODULE": "tideover.settings",
    }


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def list_processes(home: Path) -> list[int]:
    """Every process that belongs to a home: it names it on its command line or in its environment."""
    found = []
    mark = str(home).encode()
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            texts = (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        except OSError:
            continue
        if mark in texts and int(folder.name) != os.getpid():
            found.append(int(folder.name))
    return found


def wait_for(what: Callable[[], bool], why: str) -> None:
    deadline = time.monotonic() + 30
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.1)


def children_of(process: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


def command_of(process: int) -> str:
    return Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def test_a_second_copy_on_one_home_is_refused_and_ctrl_c_leaves_nothing(home: Path) -> None:
    serving = Serving(home)
    serving.wait_until_ready()

    second = subprocess.run(
        [*TIDEOVER, "serve", "--port", str(free_port())], env=environment(home), capture_output=True, text=True
    )
    assert second.returncode == 1
    assert f"is in use by process {serving.process.pid} (tideover serve)" in second.stderr

    # Other commands work beside it, on its database.
    beside = subprocess.run([*TIDEOVER, "migrate", "--check"], env=environment(home), capture_output=True, text=True)
    assert (beside.returncode, beside.stderr) == (0, "")

    assert serving.press_ctrl_c() == 0
    assert list_processes(home) == []


def test_after_kill_9_it_starts_again_and_a_dead_child_is_replaced(home: Path) -> None:
    killed = Serving(home)
    killed.wait_until_ready()
    children = children_of(killed.process.pid)
    killed.process.kill()
    killed.process.wait()

    again = Serving(home)
    again.wait_until_ready()
    assert not set(children) & set(list_processes(home)), "a process of the killed copy is still there"

    worker = next(each for each in children_of(again.process.pid) if " worker " in command_of(each))
    os.kill(worker, signal.SIGKILL)
    wait_for(
        lambda: any(" worker " in command_of(each) for each in children_of(again.process.pid) if each != worker),
        "the worker was not started again",
    )
    assert again.press_ctrl_c() == 0
    assert list_processes(home) == []


def test_a_port_in_use_is_refused_before_anything_starts(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        refused = subprocess.run(
            [*TIDEOVER, "serve", "--port", port], env=environment(home), capture_output=True, text=True
        )
    assert refused.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in refused.stderr
    assert list_processes(home) == []


@pytest.mark.django_db
def test_on_a_named_database_that_others_migrate_it_starts_none_of_its_own(home: Path) -> None:
    home = home / "of-a-named-database"
    serving = Serving(home, DATABASE_URL=os.environ["DATABASE_URL"])
    serving.wait_until_ready()
    assert not (home / "postgres").exists()
    assert serving.press_ctrl_c() == 0
    assert list_processes(home) == []
