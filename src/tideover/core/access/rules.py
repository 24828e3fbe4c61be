"""Deny by default: an operation names the roles that may do it, and the scope that it needs."""

from __future__ import annotations

import hashlib

from tideover.core.access.types import AccessRefused, Actor, Role

# Five failures within five minutes close a user name for as long.
FAILURES_MAX = 5
FAILURES_WINDOW_SECONDS = 300


def digest_of_name(username: str) -> str:
    """A user name as a failure remembers it: whoever reads the table does not learn who mistyped."""
    return hashlib.sha256(username.strip().casefold().encode()).hexdigest()


def require(actor: Actor, *roles: Role) -> None:
    """Raise AccessRefused unless the actor is the system or has one of the roles."""
    if not actor.has(Role.SYSTEM, *roles):
        raise AccessRefused(actor=actor.name, needs=", ".join(roles))


def may_see_client(actor: Actor, client_id: int) -> bool:
    """Whether the client is within the actor's scope."""
    return actor.has(Role.SYSTEM) or client_id in actor.client_ids


def require_client(actor: Actor, client_id: int) -> None:
    """Raise AccessRefused unless the client is within the actor's scope."""
    if not may_see_client(actor, client_id):
        raise AccessRefused(actor=actor.name, needs=f"client {client_id}")
