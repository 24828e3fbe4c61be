"""An installation of its own for a benchmark: a home in a temporary folder, durable as in production."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tideover.core.postgres import roles
from tideover.core.postgres.home import Home, HomeLock
from tideover.core.postgres.server import Server
from tideover.doors.commands import database


@contextmanager
def started() -> Iterator[Path]:
    """Start an embedded server with the settings that it always has, migrate, and set Django up on it."""
    with tempfile.TemporaryDirectory(prefix="tideover-bench-") as folder:
        os.chmod(folder, 0o755)  # the server runs as another user where this one is root
        home = Home(Path(folder) / "home")
        home.prepare()
        os.environ.update(TIDEOVER_HOME=str(home.path), DJANGO_SETTINGS_MODULE="tideover.settings")
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "TIDEOVER_STORE", "TIDEOVER_POLICY"):
            os.environ.pop(name, None)
        with HomeLock(home, "bench"):
            server = Server(home)
            server.start()
            try:
                roles.ensure_database(server.owner)
                os.environ.update(database.embedded_environment(home))
                database.migrate()
                import django

                django.setup()
                yield Path(folder)
            finally:
                server.stop()
