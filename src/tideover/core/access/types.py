"""Who acts, and in which role. Scope is given as ids; what a team or a client is, is known above."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from tideover.core.problem import Problem


class Role(enum.StrEnum):
    """What a person may be here. No role, no view."""

    COLLECTOR = "collector"
    TEAM_LEADER = "team-leader"
    INTEGRATOR = "integrator"
    COMPLIANCE_OFFICER = "compliance-officer"
    TRAINER = "trainer"
    QA_REVIEWER = "qa-reviewer"
    ANALYST = "analyst"
    ADMINISTRATOR = "administrator"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Whoever does something: a user in their roles and scope, or the system itself (no user id).

    ``name`` is what the journal stores: a user name or the name of a job, never a person's own name.
    """

    user_id: int | None
    name: str
    roles: frozenset[Role]
    team_ids: frozenset[int] = field(default_factory=frozenset[int])
    client_ids: frozenset[int] = field(default_factory=frozenset[int])

    def has(self, *roles: Role) -> bool:
        return bool(self.roles & set(roles))


SYSTEM = Actor(user_id=None, name="system", roles=frozenset({Role.SYSTEM}))


@dataclass(frozen=True)
class UserRead:
    """Somebody who may sign in, as lists show them."""

    id: int
    username: str
    display_name: str
    roles: tuple[str, ...]


class AccessRefused(Problem):
    """The actor's roles or scope do not cover what was asked."""

    code = "core.access.refused"


class UnknownUsername(Problem):
    """Nobody signs in by this name."""

    code = "core.access.unknown-username"
