"""Which cases are somebody's to see: decided here, for one case, for every list and for every count.

A team leader's are the team's: those of its collectors, and those whose collector is in no team that may work for
the client (nobody has them yet, or whoever had them left). Two teams on one client do not see each other's. Whoever
answers for a client as a whole sees its cases by client. No role, no case.
"""

from __future__ import annotations

import re
from typing import Any

from django.db.models.expressions import RawSQL

from tideover.core.access.types import Actor, Role
from tideover.core.sql import files as sql_files

BY_CLIENT = (Role.INTEGRATOR, Role.COMPLIANCE_OFFICER, Role.QA_REVIEWER, Role.ANALYST)
_NAMED = re.compile(r"%\((\w+)\)s")


def relation(actor: Actor, roles: tuple[Role, ...]) -> tuple[str, dict[str, Any]]:
    """The relation (id) of the cases that the actor may see in those of the roles that they have."""
    held = actor.roles & set(roles)
    may_see_any = bool(held & {Role.TEAM_LEADER, *BY_CLIENT})
    params = {
        "sees_all": actor.has(Role.SYSTEM),
        "client_ids": sorted(actor.client_ids) if may_see_any else [],
        "team_ids": sorted(actor.team_ids),
        "by_client": bool(held & set(BY_CLIENT)),
    }
    return sql_files.load(__package__, "in_scope").text, params


def ids(actor: Actor, roles: tuple[Role, ...]) -> RawSQL:
    """The same as an expression: for ``…__in`` in a query of this room or of one above."""
    text, params = relation(actor, roles)
    names = _NAMED.findall(text)
    # The statement is the room's own file, and every value is a parameter.
    return RawSQL(_NAMED.sub("%s", text), [params[name] for name in names])  # nosec B611
