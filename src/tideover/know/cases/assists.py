"""Who helps on which case (协催). Through ``queries``."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from tideover.know.cases.models import Assist
from tideover.know.cases.types import AssistRead


def list_assists(case_id: int, at: datetime) -> list[AssistRead]:
    """Who helps on the case at the instant, the earliest first."""
    return [_assist(row) for row in assists_at(at).filter(case_id=case_id).order_by("from_at", "pk")]


def list_assisted(collector_id: int, at: datetime) -> list[AssistRead]:
    """The open cases on which the collector helps at the instant, those that end first coming first."""
    rows = assists_at(at).filter(collector_id=collector_id, case__closed_date=None).order_by("until_at", "pk")
    return [_assist(row) for row in rows]


def is_assisting(collector_id: int, case_id: int, at: datetime) -> bool:
    """Whether the collector helps on the case at the instant."""
    return assists_at(at).filter(collector_id=collector_id, case_id=case_id).exists()


def assists_at(at: datetime) -> QuerySet[Assist]:
    """The assists that stand at the instant: for ``assisting``."""
    return Assist.objects.filter(Q(ended_at=None) | Q(ended_at__gt=at), from_at__lte=at, until_at__gt=at)


def _assist(row: Assist) -> AssistRead:
    return AssistRead(row.pk, row.case_id, row.collector_id, row.from_at, row.until_at, row.cause, row.placed_by)
