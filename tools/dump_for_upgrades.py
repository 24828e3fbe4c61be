"""Keep a database of this version in ``tests/upgrades``, so that later versions are tried on it.

    python tools/dump_for_upgrades.py 0.1.0

A small demo is made in a home of its own, worked for some days by the simulated team, and dumped with the
programs of the embedded server. A later version's tests load the dump and migrate it.
"""

from __future__ import annotations

import gzip
import os
import subprocess  # nosec B404
import sys
import tempfile
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "tests" / "upgrades"
ACCOUNTS, LOANS, DAYS = 80, 40, 8


def main() -> None:
    """Make the demo, and write its dump."""
    version = sys.argv[1]
    with tempfile.TemporaryDirectory(prefix="tideover-dump-") as folder:
        Path(folder).chmod(0o755)
        os.environ["TIDEOVER_HOME"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "tideover.settings"
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            os.environ.pop(name, None)
        subprocess.run([sys.executable, "-m", "tideover.doors.commands.main", "migrate"], check=True)  # nosec B603
        target = FOLDER / f"{version}.sql.gz"
        target.write_bytes(gzip.compress(dump(), mtime=0))
    print(f"{target}: {target.stat().st_size:,} bytes")


def dump() -> bytes:
    """The text of a worked demo's database."""
    from tideover.core.postgres import programs
    from tideover.core.postgres.home import Home
    from tideover.doors.commands import database

    with database.reached("dump"):
        import django

        django.setup()
        from tideover.rehearsal import demo

        demo.prepare(accounts=ACCOUNTS, loans=LOANS, days=DAYS)
        demo.replay(progress=lambda now: print(f"{now.stage} {now.days_done}/{now.days_total}"))
        home = Home.from_environment()
        owner = database.embedded_environment(home)["DATABASE_OWNER_URL"]
        program = programs.find_installed() / "bin" / "pg_dump"
        made = subprocess.run([program, "--no-sync", "--dbname", owner], capture_output=True, check=True)  # nosec B603
        return made.stdout


if __name__ == "__main__":
    main()
