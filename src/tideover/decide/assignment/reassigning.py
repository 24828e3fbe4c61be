"""A leader gives cases to other collectors: looked at first, done with a cause, undone by a reversal.

A page's worth of cases at a time. Through ``operations`` and ``queries``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count

from tideover.core.access.rules import require
from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.journal import operations as journal
from tideover.decide.assignment.models import ReassignedCase, Reassignment, WorkItem
from tideover.decide.assignment.types import (
    Move,
    NothingReassigned,
    Preview,
    Receiver,
    TooManyCases,
    UnknownReassignment,
)
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import CHANGE_CAUSES, UNDO_CAUSE, CaseRead, UnknownCause
from tideover.know.staff import queries as staff_queries

ROOM = "assignment"
CASES_MAX = 200
CLOSED, MOVED_ON, WORKED, HAD_NOBODY, CANNOT = "closed", "moved-on", "worked", "had-nobody", "cannot"


def look_ahead(case_ids: Collection[int], to_ids: Sequence[int], at: datetime) -> Preview:
    """What giving these cases to these collectors would come to: each goes to whoever can have it and has least.

    Nothing is written; doing it looks again.
    """
    found = cases_queries.list_cases(case_ids)
    owned = Counter(cases_queries.count_owned(to_ids))
    members = {each.user_id: each for each in staff_queries.list_members_by_user(to_ids)}
    gets: Counter[int] = Counter()
    moves = []
    pairs = [(case, user_id) for case in found for user_id in to_ids]
    free = dict(zip([(case.id, user_id) for case, user_id in pairs], _each_alone(pairs, at), strict=True))
    for case in found:
        able = [
            user_id
            for user_id in to_ids
            if free[case.id, user_id] is None and owned[user_id] + gets[user_id] < members[user_id].cases_max
        ]
        taker = min(able, key=lambda user_id: (owned[user_id] + gets[user_id], user_id), default=None)
        if taker is None:
            reasons = [free[case.id, user_id] for user_id in to_ids]
            refused = next((each for each in reasons if each is not None), "cases-full")
            moves.append(Move(case.id, case.collector_id, None, str(refused), False))
            continue
        gets[taker] += 1
        moves.append(Move(case.id, case.collector_id, taker, None, _has_spoken(case)))
    return Preview(tuple(moves), tuple(_receivers(to_ids, gets, owned, [move.case_id for move in moves])))


def _each_alone(pairs: Sequence[tuple[CaseRead, int]], at: datetime) -> list[str | None]:
    """What stands in the way of each pair by itself; how many a collector may have is counted by whoever chooses."""
    return [None if each is None else str(each) for each in cases_queries.list_obstacles(pairs, at, as_owner=False)]


def _has_spoken(case: CaseRead) -> bool:
    """Whether the customer has spoken with somebody in the stage on which the case stands, and so with its owner."""
    return case.collector_id is not None and any(each.right_party_count > 0 for each in case.open_accounts)


def _receivers(
    to_ids: Sequence[int], gets: Counter[int], owned: Counter[int], case_ids: Sequence[int]
) -> list[Receiver]:
    items = WorkItem.objects.filter(done_at=None, collector_id__in=to_ids).values("collector_id")
    held = {row["collector_id"]: row["items"] for row in items.annotate(items=Count("id"))}
    return [
        Receiver(
            user_id=member.user_id,
            gets_count=gets[member.user_id],
            cases_count=owned[member.user_id] + gets[member.user_id],
            cases_max=member.cases_max,
            items_count=held.get(member.user_id, 0) + gets[member.user_id],
            items_max=member.work_items_per_day_max,
        )
        for member in staff_queries.list_members_by_user(to_ids)
    ]


def reassign(
    *, case_ids: Collection[int], to_ids: Sequence[int], cause: str, once_key: str, at: datetime, actor: Actor
) -> int:
    """Give the cases to the collectors as the preview shows, and return the reassignment's id.

    The same key again returns what was done. What is left of today's work goes with each case. Raises UnknownCause,
    TooManyCases, NothingReassigned, and AccessRefused where a case is not the leader's.
    """
    require(actor, Role.TEAM_LEADER)
    if cause not in CHANGE_CAUSES:
        raise UnknownCause(cause=cause, known=", ".join(CHANGE_CAUSES))
    if len(case_ids) > CASES_MAX:
        raise TooManyCases(most=CASES_MAX)
    with transaction.atomic():
        made = Reassignment.objects.filter(once_key=once_key).first()
        if made is not None:
            return made.pk
        for case_id in sorted(set(case_ids)):
            if not cases_queries.is_in_scope(actor, case_id, Role.TEAM_LEADER):
                raise AccessRefused(actor=actor.name, needs=f"case {case_id}")
            cases.lock_case(case_id=case_id)
        going = look_ahead(case_ids, to_ids, at).going
        if not going:
            raise NothingReassigned()
        fact_id = journal.append(
            chain=journal.INSTALLATION,
            kind="cases-reassigned",
            room=ROOM,
            at=at,
            actor=actor,
            body={"count": len(going), "cause": cause, "case_ids": [move.case_id for move in going]},
        )
        made = Reassignment.objects.create(
            at=at, by_id=actor.user_id, by=actor.name, cause=cause, once_key=once_key, fact_id=fact_id
        )
        ReassignedCase.objects.bulk_create(
            ReassignedCase(reassignment=made, case_id=move.case_id, from_id=move.from_id, to_id=move.to_id or 0)
            for move in going
        )
        _hand_over({move.case_id: move.to_id or 0 for move in going}, cause, at, actor)
    return made.pk


def undo_reassignment(*, reassignment_id: int, at: datetime, actor: Actor) -> int:
    """Give each case back to whom it had before; returns how many went back.

    A case that is closed, was given on, or was worked by its new collector stays, and the reassignment says so.
    Undoing again changes nothing. Raises UnknownReassignment, AccessRefused.
    """
    require(actor, Role.TEAM_LEADER)
    with transaction.atomic():
        made = Reassignment.objects.select_for_update().filter(pk=reassignment_id).first()
        if made is None:
            raise UnknownReassignment(reassignment=str(reassignment_id))
        lines = list(ReassignedCase.objects.filter(reassignment=made).order_by("case_id"))
        if made.undone_at is not None:
            return sum(line.undo_refused is None for line in lines)
        for line in lines:
            if not cases_queries.is_in_scope(actor, line.case_id, Role.TEAM_LEADER):
                raise AccessRefused(actor=actor.name, needs=f"case {line.case_id}")
            cases.lock_case(case_id=line.case_id)
        _weigh_undo(lines, made.at, at)
        back = {line.case_id: line.from_id or 0 for line in lines if line.undo_refused is None}
        made.undone_at, made.undone_by = at, actor.name
        made.save(update_fields=["undone_at", "undone_by"])
        ReassignedCase.objects.bulk_update(lines, ["undo_refused"])
        journal.append(
            chain=journal.INSTALLATION,
            kind="reassignment-undone",
            room=ROOM,
            at=at,
            actor=actor,
            body={"reassignment_id": made.pk, "count": len(back), "refused": len(lines) - len(back)},
        )
        if back:
            _hand_over(back, UNDO_CAUSE, at, actor)
    return len(back)


def _weigh_undo(lines: Sequence[ReassignedCase], since: datetime, at: datetime) -> None:
    found = {case.id: case for case in cases_queries.list_cases(line.case_id for line in lines)}
    worked = set(
        WorkItem.objects.filter(
            case_id__in=found, done_at__gt=since, collector_id__in=[line.to_id for line in lines]
        ).values_list("case_id", flat=True)
    )
    backward = [(found[line.case_id], line.from_id) for line in lines if line.from_id is not None]
    stands = dict(zip([case.id for case, _ in backward], _each_alone(backward, at), strict=True))
    for line in lines:
        case = found[line.case_id]
        if case.closed_date is not None:
            line.undo_refused = CLOSED
        elif case.collector_id != line.to_id:
            line.undo_refused = MOVED_ON
        elif line.from_id is None:
            line.undo_refused = HAD_NOBODY
        elif line.case_id in worked:
            line.undo_refused = WORKED
        elif stands[line.case_id] is not None:
            line.undo_refused = CANNOT


def _hand_over(to: dict[int, int], cause: str, at: datetime, actor: Actor) -> None:
    """The cases' new owners, a fact for each; what is left of today's work goes along, at its place in the day."""
    cases.assign_collectors(
        given="SELECT given.case_id, given.collector_id, %(cause)s::text AS cause"
        " FROM unnest(%(case_ids)s::bigint[], %(collector_ids)s::bigint[]) AS given (case_id, collector_id)",
        params={"case_ids": list(to), "collector_ids": list(to.values()), "cause": cause},
        at=at,
        actor=actor,
    )
    items = list(WorkItem.objects.select_for_update().filter(case_id__in=to, done_at=None, action="contact"))
    for item in items:
        item.collector_id, item.cover_for_id = to[item.case_id], None
        item.assigned_cause, item.uncovered_cause = cause, None
    WorkItem.objects.bulk_update(items, ["collector_id", "cover_for_id", "assigned_cause", "uncovered_cause"])
