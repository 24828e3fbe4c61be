"""Who works at the terminal: whoever may reach the database from this machine, under the name that they sign with."""

from __future__ import annotations

import getpass

from tideover.core.access.types import Actor, Role

_LONGEST = 60


def get_actor() -> Actor:
    """The operator of this machine, who acts for the installation; the journal keeps ``command:<login name>``."""
    try:
        name = getpass.getuser()
    except (KeyError, OSError):
        name = "unknown"
    return Actor(user_id=None, name=f"command:{name[:_LONGEST]}", roles=frozenset({Role.SYSTEM}))
