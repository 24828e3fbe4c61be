"""A second collector works a case for a time (协催): the owner stays the owner. Through ``operations``."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tideover.core.access.rules import require
from tideover.core.access.types import Actor, Role
from tideover.know.cases import acting, assists, queries, rules
from tideover.know.cases.models import Assist
from tideover.know.cases.types import AssistPeriodEmpty, CollectorCannotWork, UnknownAssist, UnknownCause


def grant_assist(*, case_id: int, collector_id: int, until_at: datetime, cause: str, at: datetime, actor: Actor) -> int:
    """Let a second collector work the case until before an instant; returns the assist's id.

    The same collector again while one stands moves nothing and returns it. Raises CaseClosed, UnknownCause,
    AssistPeriodEmpty, and CollectorCannotWork with what stands in the way.
    """
    require(actor, Role.TEAM_LEADER)
    if cause not in rules.ASSIST_CAUSES:
        raise UnknownCause(cause=cause, known=", ".join(rules.ASSIST_CAUSES))
    with transaction.atomic():
        case = acting.lock_open_case(case_id, actor)
        if until_at <= at:
            raise AssistPeriodEmpty(until_at=acting.there(case, until_at))
        acting.require_scope(case, actor, Role.TEAM_LEADER)
        standing = assists.assists_at(at).filter(case_id=case_id, collector_id=collector_id).first()
        if standing is not None:
            return standing.pk
        (obstacle,) = queries.list_obstacles([(queries.get_case(case_id), collector_id)], at, as_owner=False)
        if obstacle is not None:
            raise CollectorCannotWork(case_id=case_id, collector_id=collector_id, obstacle=obstacle)
        fact_id = acting.fact(
            case, "assist-granted", at, actor, collector_id=collector_id, until_at=until_at, cause=cause
        )
        made = Assist.objects.create(
            case=case,
            collector_id=collector_id,
            from_at=at,
            until_at=until_at,
            cause=cause,
            placed_by=actor.name,
            fact_id=fact_id,
        )
    return made.pk


def end_assist(*, assist_id: int, at: datetime, actor: Actor) -> None:
    """End an assist before its time. One that has ended stays as it is."""
    require(actor, Role.TEAM_LEADER)
    found = Assist.objects.filter(pk=assist_id).first()
    if found is None:
        raise UnknownAssist(assist_id=assist_id)
    with transaction.atomic():
        case = acting.lock(found.case_id)
        acting.require_scope(case, actor, Role.TEAM_LEADER)
        standing = assists.assists_at(at).filter(pk=assist_id).first()
        if standing is not None:
            standing.ended_at, standing.ended_by = at, actor.name
            standing.save(update_fields=["ended_at", "ended_by"])
            acting.fact(case, "assist-ended", at, actor, collector_id=standing.collector_id)
