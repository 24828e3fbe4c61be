"""A collector turns out to be away when the day is already filed: cover for today, and back again. One list at a time.

Through ``operations``. What the receipt says stays as it was filed; the work items are the day's live state, and each
change is a fact of its case.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from hashlib import md5

from django.db import transaction
from django.db.models import Count

from tideover.core.access.rules import require
from tideover.core.access.types import Actor, Role
from tideover.core.journal import operations as journal
from tideover.decide.assignment.models import WorkItem
from tideover.decide.assignment.types import Covered, StillPresent, UncoveredCause
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.customers import queries as customers
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries
from tideover.know.staff.types import MemberRead

ROOM = "assignment"
COVER = "cover"
AGREED = ("call-back", "promise-broken", "promise-due")
"""What was agreed with the customer for today: it does not wait for whoever is away."""


def cover_absent(*, collector_id: int, at: datetime, actor: Actor) -> Covered:
    """Give what an absent collector agreed for today to colleagues who are there; the rest of their list waits.

    Where every list is full, the least urgent of a colleague's own work gives way and waits, as in the night. What
    found no cover before is tried again. The owner stays the owner. Raises StillPresent for somebody who is there,
    AccessRefused for another team's leader.
    """
    require(actor, Role.TEAM_LEADER)
    staff.require_own_team(actor, collector_id)
    with transaction.atomic():
        wanted = [
            *WorkItem.objects.filter(collector_id=collector_id, done_at=None, cover_for_id=None),
            *list_without_cover(collector_id),
        ]
        days = {item.day for item in wanted}
        if any(staff_queries.is_present(collector_id, day) for day in days):
            raise StillPresent(user_id=collector_id)
        able = _Able(collector_id, days, {item.client_id for item in wanted}, at)
        ids = {item.pk for item in wanted}
        locked = _lock([*wanted, *able.may_give_way()])
        items = [item for item in locked if item.pk in ids]
        able.let_give_way(item for item in locked if item.pk not in ids)
        languages = _languages(items)
        covered = waiting = 0
        for item in sorted(items, key=lambda item: (item.position or 0, item.case_id)):
            agreed = item.order_reason in AGREED
            taker = able.take(item, languages.get(item.case_id)) if agreed else None
            if taker is None:
                item.collector_id, item.position, item.assigned_cause = None, None, None
                item.uncovered_cause = UncoveredCause.NO_COVER if agreed else UncoveredCause.OWNER_ABSENT
                waiting += not agreed
            else:
                item.collector_id, item.cover_for_id, item.assigned_cause = taker, collector_id, COVER
                item.uncovered_cause = None
                covered += 1
        _write(items, "work-covered", collector_id, at, actor)
        for owner_id, given in able.gave_way.items():
            _write(given, "work-gave-way", owner_id, at, actor)
    return Covered(len(items), covered, waiting, len(items) - covered - waiting)


def list_without_cover(owner_id: int) -> list[WorkItem]:
    """What an absent collector agreed for today and nobody could take."""
    return _uncovered_of(owner_id, UncoveredCause.NO_COVER)


def _uncovered_of(owner_id: int, *causes: UncoveredCause) -> list[WorkItem]:
    """Open work that nobody does for one of these causes, in the cases of the owner."""
    found = list(WorkItem.objects.filter(done_at=None, uncovered_cause__in=causes))
    owners = cases_queries.get_collector_ids(item.case_id for item in found)
    return [item for item in found if owners[item.case_id] == owner_id]


def return_cover(*, collector_id: int, at: datetime, actor: Actor) -> int:
    """Give a collector who is there after all what is left of their list of today; returns how many items.

    What a colleague has done for them stays done. Work that waited for its owner is on their list again.
    """
    require(actor, Role.TEAM_LEADER)
    staff.require_own_team(actor, collector_id)
    with transaction.atomic():
        covered = WorkItem.objects.filter(done_at=None, cover_for_id=collector_id)
        waiting = _uncovered_of(collector_id, UncoveredCause.OWNER_ABSENT, UncoveredCause.NO_COVER)
        items = _lock([*covered, *waiting])
        if any(not staff_queries.is_present(collector_id, item.day) for item in items):
            return 0
        for item in items:
            item.collector_id, item.cover_for_id = collector_id, None
            item.assigned_cause, item.uncovered_cause = "kept", None
        _write(items, "work-returned", collector_id, at, actor)
    return len(items)


class _Able:
    """Who is there and may take what, with the room that is left in their day; whoever has most room is asked first."""

    def __init__(self, absent_id: int, days: set[date], client_ids: set[int], at: datetime) -> None:
        teams = {team.id: team for client_id in client_ids for team in staff_queries.teams_of_client(client_id)}
        found = [member for team_id in teams for member in staff_queries.list_collectors(team_id)]
        there = {
            each.user_id
            for day in days
            for each in staff_queries.list_presence([member.user_id for member in found], day)
            if each.is_there
        }
        self.members = [each for each in found if each.user_id in there and each.user_id != absent_id]
        self.clients = {member.user_id: teams[member.team_id].client_ids for member in self.members}
        user_ids = [member.user_id for member in self.members]
        self.skills = staff_queries.list_skills(user_ids, at)
        self.off = {user_id: cases_queries.list_complained_of(user_id, at) for user_id in user_ids}
        held = WorkItem.objects.filter(day__in=days, collector_id__in=user_ids).values("collector_id")
        self.held = Counter({row["collector_id"]: row["items"] for row in held.annotate(items=Count("id"))})
        self.days = days
        self.own: dict[int, list[WorkItem]] = {}
        self.gave_way: dict[int, list[WorkItem]] = {}

    def may_give_way(self) -> list[WorkItem]:
        """What those who are there have to do of their own that nobody was told of."""
        open_items = WorkItem.objects.filter(day__in=self.days, done_at=None, cover_for_id=None, action="contact")
        return list(
            open_items.filter(collector_id__in=[each.user_id for each in self.members]).exclude(order_reason__in=AGREED)
        )

    def let_give_way(self, items: Iterable[WorkItem]) -> None:
        """Such of it as stands now that it is locked, the least urgent last."""
        for item in sorted(items, key=lambda item: (item.position or 0, item.case_id)):
            if item.collector_id is not None:
                self.own.setdefault(item.collector_id, []).append(item)

    def take(self, item: WorkItem, language: str | None) -> int | None:
        """Who takes the item; it has a place in their day from now on. None: nobody can."""

        def can(member: MemberRead) -> bool:
            return (
                item.client_id in self.clients[member.user_id]
                and item.skill in self.skills[member.user_id]
                and (language is None or language in member.languages)
                and item.case_id not in self.off[member.user_id]
            )

        def place(member: MemberRead) -> tuple[int, str]:
            lot = md5(f"{member.user_id}:{item.day.isoformat()}".encode(), usedforsecurity=False).hexdigest()
            return self.held[member.user_id] - member.work_items_per_day_max, lot

        able = sorted((member for member in self.members if can(member)), key=place)
        if able and place(able[0])[0] < 0:
            self.held[able[0].user_id] += 1
            return able[0].user_id
        full = [member.user_id for member in able if self.own.get(member.user_id)]
        if not full:
            return None
        taker = max(full, key=lambda user_id: self.own[user_id][-1].position or 0)
        given = self.own[taker].pop()
        given.collector_id, given.position, given.assigned_cause = None, None, None
        given.uncovered_cause = UncoveredCause.NOT_REACHED
        self.gave_way.setdefault(taker, []).append(given)
        return taker


def _languages(items: Sequence[WorkItem]) -> dict[int, str]:
    """In which language the customer of each case is spoken with."""
    customer_of = {case.id: case.customer_id for case in cases_queries.list_cases(item.case_id for item in items)}
    spoken = customers.get_languages(customer_of.values())
    return {case_id: spoken[customer] for case_id, customer in customer_of.items() if customer in spoken}


def _lock(wanted: Iterable[WorkItem]) -> list[WorkItem]:
    """The items, their cases locked first as everywhere; what was done meanwhile is left out."""
    ids = [item.pk for item in wanted]
    for case_id in sorted(WorkItem.objects.filter(pk__in=ids).values_list("case_id", flat=True)):
        cases.lock_case(case_id=case_id)
    return list(WorkItem.objects.select_for_update().filter(pk__in=ids, done_at=None).order_by("case_id"))


def _write(items: Sequence[WorkItem], kind: str, owner_id: int, at: datetime, actor: Actor) -> None:
    changed = ["collector_id", "cover_for_id", "assigned_cause", "uncovered_cause", "position"]
    WorkItem.objects.bulk_update(items, changed)
    customer_of = {case.id: case.customer_id for case in cases_queries.list_cases(item.case_id for item in items)}
    for item in sorted(items, key=lambda item: customer_of[item.case_id]):
        body = {
            "case_id": item.case_id,
            "day": item.day,
            "collector_id": item.collector_id,
            "owner_id": owner_id,
            "uncovered_cause": item.uncovered_cause,
        }
        journal.append(chain=customer_of[item.case_id], kind=kind, room=ROOM, at=at, actor=actor, body=body)
