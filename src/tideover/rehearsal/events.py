"""What is declared to happen on a day of the demo, done by the very operations that pages and commands call.

A replay that was cut off does the day's events again: each operation is the same again, or its refusal says that it
is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path

from tideover import day as days
from tideover.core.access.types import SYSTEM, Actor, Role
from tideover.core.clock import rules as clock
from tideover.know.cases import operations as cases
from tideover.know.cases import queries as cases_queries
from tideover.know.cases.types import (
    RETENTION_CAUSES,
    CaseClosed,
    CaseRead,
    RetentionDecided,
    RetentionLimitReached,
    RetentionRequested,
)
from tideover.know.clients import operations as clients
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import ClientRead
from tideover.know.filing import operations as filing
from tideover.know.filing import queries as filing_queries
from tideover.know.filing.types import DOCUMENT
from tideover.know.portfolio import queries as portfolio_queries
from tideover.know.staff import operations as staff
from tideover.know.staff import queries as staff_queries
from tideover.rehearsal import cast, draws, hengtong
from tideover.rehearsal.calendar import Event
from tideover.rehearsal.lender_mail import Post
from tideover.rehearsal.types import DemoRead

LONGEST_LIST = 10_000
DOCUMENT_KEPT_OF_TWENTY = 18
RENEWED_FOR_DAYS = 365


@dataclass(frozen=True)
class Scene:
    """A day of the demo on which something happens at Hengtong's, or in the team."""

    demo: DemoRead
    day: date
    folder: Path
    client: ClientRead

    def at(self, event: Event) -> datetime:
        """The instant of the event."""
        return clock.instant(self.day, event.at, self.client.zone)

    def post(self) -> Post:
        """The lender, and whoever takes its files in."""
        return Post(hengtong.lender_of(self.demo), self.client, self.folder, first_member(Role.INTEGRATOR))

    def ranked(self, found: Iterable[CaseRead], what: str) -> list[CaseRead]:
        """Cases in the order of a digest."""
        return sorted(found, key=lambda case: draws.number(self.demo.seed, what, self.day, case.lead_account_id))


def first_member(role: Role) -> Actor:
    """The demo's first user in the role."""
    team = staff_queries.get_team(cast.TEAM)
    member = next(each for each in staff_queries.list_members(team.id) if role in each.roles)
    return staff_queries.get_actor(member.user_id)


def user_named(username: str) -> int | None:
    """The user of this name, where the demo is large enough to have them."""
    team = staff_queries.get_team(cast.TEAM)
    found = [each.user_id for each in staff_queries.list_members(team.id) if each.username == username]
    return found[0] if found else None


def team_id() -> int:
    """The demo's one team."""
    return staff_queries.get_team(cast.TEAM).id


def _placement(scene: Scene, event: Event) -> None:
    scene.post().send_placement(event.more["batch"], scene.at(event), spoiled=event.more.get("spoiled", False))


def _mend_placement(scene: Scene, event: Event) -> None:
    scene.post().mend_placement(event.more["batch"], scene.at(event))


def _full(scene: Scene, event: Event) -> None:
    scene.post().send_full(scene.at(event), truncated=event.more.get("truncated", False))


def _mend_full(scene: Scene, event: Event) -> None:
    scene.post().mend_full(scene.at(event))


def _delta(scene: Scene, event: Event) -> None:
    scene.post().send_delta(scene.at(event))


def _recall(scene: Scene, event: Event) -> None:
    scene.post().send_recall(scene.at(event), event.more["most"])


def _acknowledge(scene: Scene, event: Event) -> None:
    """The compliance officer lets collection go on, and the day that stood still is decided."""
    actor = first_member(Role.COMPLIANCE_OFFICER)
    for stop in clients_queries.list_stops([scene.client.id]):
        clients.acknowledge(stop_id=stop.id, note=event.more["note"]["zh-Hans"], at=scene.at(event), actor=actor)
    days.run_day(client_id=scene.client.id, day=scene.day, at=scene.at(event), actor=SYSTEM)


def _leave(scene: Scene, event: Event) -> None:
    if (user_id := user_named(event.more["who"])) is not None:
        until = scene.day + timedelta(days=event.more["days"])
        staff.put_on_leave(
            user_id=user_id,
            from_date=scene.day,
            until_date=until,
            cause=event.more["cause"],
            at=scene.at(event),
            actor=first_member(Role.TEAM_LEADER),
        )


def _leaves(scene: Scene, event: Event) -> None:
    if (user_id := user_named(event.more["who"])) is not None:
        staff.note_leaving(
            user_id=user_id, left_date=scene.day, at=scene.at(event), actor=first_member(Role.TEAM_LEADER)
        )


def _ceilings(scene: Scene, event: Event) -> None:
    """The leader lets everybody's list be longer from the next morning on."""
    for member in staff_queries.list_collectors(team_id()):
        staff.set_ceilings(
            user_id=member.user_id,
            work_items_per_day_max=max(event.more["items"], member.work_items_per_day_max),
            cases_max=member.cases_max,
            takes_new_cases=member.takes_new_cases,
            at=scene.at(event),
            actor=first_member(Role.TEAM_LEADER),
        )


def _renew(scene: Scene, event: Event) -> None:
    if (user_id := user_named(event.more["who"])) is not None:
        staff.issue_certificate(
            user_id=user_id,
            skill=event.more["skill"],
            valid_from=scene.at(event),
            valid_until=scene.at(event) + timedelta(days=RENEWED_FOR_DAYS),
            at=scene.at(event),
            actor=first_member(Role.TRAINER),
        )


def _documents(scene: Scene, event: Event) -> None:
    """The lender answers the missing list: most of the documents of the contracts that are nearest to a final step."""
    integrator = first_member(Role.INTEGRATOR)
    asked = {each.name for each in filing_queries.get_checklist("instalment-loan").items if each.asks == DOCUMENT}
    gaps = filing_queries.list_missing(scene.client.id, scene.day, limit=LONGEST_LIST)
    sent = [gap for gap in gaps if gap.item in asked and not _is_lost(scene, gap.account_number, gap.item)]
    for gap in sent[: event.more["most"]]:
        reference = f"HT-DOC/{gap.account_number}/{gap.item}"
        filing.file_document(
            account_id=gap.account_id,
            item=gap.item,
            reference=reference,
            digest=sha256(reference.encode()).hexdigest(),
            at=scene.at(event),
            actor=integrator,
        )


def _is_lost(scene: Scene, number: str, item: str) -> bool:
    return draws.below(20, scene.demo.seed, "document", number, item) >= DOCUMENT_KEPT_OF_TWENTY


def _retain(scene: Scene, event: Event) -> None:
    """Collectors ask to keep what they still expect something of: open promises first."""
    batch = event.more["batch"]
    kept = {number for number, of in portfolio_queries.list_placed(scene.client.id, scene.day).items() if of == batch}
    until = scene.day + timedelta(days=event.more["days"])
    asked = 0
    for case in scene.ranked(cases_queries.list_open_cases(scene.client.id), "retained"):
        if asked == event.more["most"] or case.lead_account_id is None or case.collector_id is None:
            continue
        if portfolio_queries.get_account(case.lead_account_id).number not in kept:
            continue
        asked += 1
        with suppress(RetentionRequested, RetentionLimitReached):
            cases.request_retention(
                case_id=case.id,
                account_id=case.lead_account_id,
                until_date=until,
                cause=draws.one_of(RETENTION_CAUSES, scene.demo.seed, "retained", case.lead_account_id),
                at=scene.at(event) + timedelta(minutes=asked),
                actor=staff_queries.get_actor(case.collector_id),
            )


def _decide_retentions(scene: Scene, event: Event) -> None:
    leader, share = first_member(Role.TEAM_LEADER), Decimal(event.more["approve"])
    batches = [each.id for each in portfolio_queries.list_batches([scene.client.id])]
    for each in cases_queries.list_retentions(batches, leader):
        if each.decision is None:
            with suppress(CaseClosed, RetentionDecided, RetentionLimitReached):
                cases.decide_retention(
                    retention_id=each.id,
                    approve=draws.chance(share, scene.demo.seed, "kept-longer", each.account_id),
                    at=scene.at(event),
                    actor=leader,
                )


HAPPENS: dict[str, Callable[[Scene, Event], None]] = {
    "placement": _placement,
    "mend-placement": _mend_placement,
    "full": _full,
    "mend-full": _mend_full,
    "delta": _delta,
    "recall": _recall,
    "acknowledge": _acknowledge,
    "leave": _leave,
    "leaves": _leaves,
    "renew": _renew,
    "ceilings": _ceilings,
    "documents": _documents,
    "retain": _retain,
    "decide-retentions": _decide_retentions,
}
