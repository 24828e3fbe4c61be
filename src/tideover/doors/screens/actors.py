"""A signed-in user becomes an actor: roles from the user, teams and clients from the staff room."""

from __future__ import annotations

from typing import Any

from tideover.core.access.types import Actor
from tideover.core.clock import queries as clock_queries
from tideover.know.staff import queries as staff_queries


def get_actor(user: Any) -> Actor:
    """The actor for a signed-in user."""
    return staff_queries.get_actor(user.pk, clock_queries.now())
