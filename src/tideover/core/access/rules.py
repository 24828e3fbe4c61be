"""Deny by default: an operation names the roles that may do it, and the scope that it needs."""

from __future__ import annotations

from tideover.core.access.types import AccessRefused, Actor, Role


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
