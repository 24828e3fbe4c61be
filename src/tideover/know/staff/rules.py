"""What a rota may say, pure: days of the week, causes of leave, ceilings, and which clients share their teams."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from tideover.know.staff.types import LEAVE_CAUSES as LEAVE_CAUSES
from tideover.know.staff.types import LEAVE_WITHDRAWN_CAUSES as LEAVE_WITHDRAWN_CAUSES

WEEKDAYS = (1, 2, 3, 4, 5, 6, 7)
ITEMS_MAX = 1000
CASES_MAX = 10000


def works_on(weekdays: Sequence[int] | None, day: date) -> bool:
    """Whether the rota has the day; without a rota every day is worked."""
    return weekdays is None or day.isoweekday() in weekdays


def pools(grants: Iterable[tuple[int, int]]) -> list[tuple[frozenset[int], frozenset[int]]]:
    """The clients and teams that are linked by grants (team, client), however far: the parts of that graph.

    Each is (clients, teams). A client without a team, or a team without a client, is in none.
    """
    found: list[tuple[set[int], set[int]]] = []
    for team_id, client_id in sorted(grants):
        clients, teams, apart = {client_id}, {team_id}, list[tuple[set[int], set[int]]]()
        for other_clients, other_teams in found:
            if client_id in other_clients or team_id in other_teams:
                clients |= other_clients
                teams |= other_teams
            else:
                apart.append((other_clients, other_teams))
        found = [*apart, (clients, teams)]
    return [(frozenset(clients), frozenset(teams)) for clients, teams in sorted(found, key=lambda each: min(each[0]))]


def covered_until(periods: Iterable[tuple[datetime, datetime]], at: datetime) -> datetime | None:
    """Until when periods (half-open) cover without a gap what begins at the instant; None where it is not covered."""
    until: datetime | None = None
    for begins, ends in sorted(periods):
        if begins <= (until or at) < ends:
            until = ends
    return until
