"""Whether a case may be given to somebody: what stands in the way, by name, for many cases at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef

from tideover.core.access.types import Role
from tideover.know.cases.models import Case, CaseAccount
from tideover.know.cases.types import CaseRead, Obstacle
from tideover.know.clients import queries as clients_queries
from tideover.know.customers import queries as customers_queries
from tideover.know.staff import queries as staff_queries
from tideover.know.staff.types import MemberRead


def count_owned(user_ids: Collection[int]) -> dict[int, int]:
    """How many open cases each of them owns."""
    rows = Case.objects.filter(collector_id__in=user_ids, closed_date=None).values("collector_id")
    return {row["collector_id"]: row["cases"] for row in rows.annotate(cases=Count("id"))}


def count_by_stage(user_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """How many open cases each of them owns with an account on each stage."""
    present = CaseAccount.objects.filter(left_date=None, case__closed_date=None, case__collector_id__in=user_ids)
    rows = present.values("case__collector_id", "stage").annotate(cases=Count("case_id", distinct=True))
    return {(row["case__collector_id"], row["stage"]): row["cases"] for row in rows}


def find_open(seen: Any, client_ids: Collection[int], wanted: Mapping[str, Any], after: int, latest: int) -> list[int]:
    """The ids of open cases among those seen, from after one on: narrowed by collector, stage and lateness."""
    found = Case.objects.filter(pk__in=seen, client_id__in=client_ids, closed_date=None, pk__gt=after)
    if "collector_id" in wanted:
        found = found.filter(collector_id=wanted["collector_id"])
    present = CaseAccount.objects.filter(case_id=OuterRef("pk"), left_date=None)
    if wanted.get("stage"):
        found = found.filter(Exists(present.filter(stage=wanted["stage"])))
    if wanted.get("is_late"):
        found = found.filter(Exists(present.filter(late_since_date__isnull=False)))
    if wanted.get("account_ids") is not None:
        found = found.filter(Exists(present.filter(account_id__in=wanted["account_ids"])))
    return list(found.order_by("pk").values_list("pk", flat=True)[:latest])


def weigh(
    pairs: Sequence[tuple[CaseRead, int]],
    at: datetime,
    *,
    asked: Mapping[str, str],
    complained: Mapping[int, Collection[int]],
    as_owner: bool,
) -> list[Obstacle | None]:
    """What stands in the way of giving each case to its collector, in the order given; None: nothing does.

    ``asked`` is the skill of each stage, ``complained`` the cases from which each user keeps off. Ceilings are
    counted over all the pairs, in their order. ``as_owner`` False: to help for a time, which takes nothing from a
    ceiling.
    """
    user_ids = {user_id for _, user_id in pairs}
    skills = staff_queries.list_skills(user_ids, at)
    members = {each.user_id: each for each in staff_queries.list_members_by_user(user_ids)}
    granted = {
        each.id: each.client_ids for each in staff_queries.list_teams({each.team_id for each in members.values()})
    }
    clients = {each.id: each for each in clients_queries.list_clients({case.client_id for case, _ in pairs})}
    days = {client.local_date(at) for client in clients.values()}
    there = {(each.user_id, day): each.is_there for day in days for each in staff_queries.list_presence(user_ids, day)}
    languages = customers_queries.get_languages({case.customer_id for case, _ in pairs})
    owned: Counter[int] = Counter(count_owned(user_ids))

    def obstacle(case: CaseRead, user_id: int) -> Obstacle | None:
        member = members.get(user_id)
        if case.closed_date is not None:
            return Obstacle.CLOSED
        if case.collector_id == user_id:
            return Obstacle.SAME
        if not _works(member) or case.client_id not in granted[member.team_id]:  # type: ignore[union-attr]
            return Obstacle.NOT_WORKING
        assert member is not None
        if case.id in complained.get(user_id, ()):
            return Obstacle.COMPLAINED_OF
        if (skill := asked.get(case.stage or "")) is not None and skill not in skills[user_id]:
            return Obstacle.NO_CERTIFICATE
        if (language := languages.get(case.customer_id)) is not None and language not in member.languages:
            return Obstacle.NO_LANGUAGE
        if not there[user_id, clients[case.client_id].local_date(at)]:
            return Obstacle.AWAY
        if as_owner and owned[user_id] >= member.cases_max:
            return Obstacle.CASES_FULL
        return None

    found = []
    for case, user_id in pairs:
        found.append(obstacle(case, user_id))
        if found[-1] is None and as_owner:
            owned[user_id] += 1
    return found


def _works(member: MemberRead | None) -> bool:
    return member is not None and member.is_active and Role.COLLECTOR in member.roles
