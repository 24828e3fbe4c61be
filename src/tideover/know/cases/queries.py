"""Public reads: cases with their accounts and rungs, holds, and the ladder itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import RawSQL

from tideover.core.access.types import Actor, Role
from tideover.core.money import Money
from tideover.core.policy import queries as policy
from tideover.know.cases import handing, refreshing, rules, scope
from tideover.know.cases.assists import is_assisting as is_assisting
from tideover.know.cases.assists import list_assisted as list_assisted
from tideover.know.cases.assists import list_assists as list_assists
from tideover.know.cases.models import Case, CaseAccount, Hold, Retention, Review, Tenure
from tideover.know.cases.types import (
    BatchShare,
    CaseAccountRead,
    CaseBrief,
    CaseOwner,
    CaseRead,
    HoldRead,
    HoldReason,
    HoldScope,
    Ladder,
    NoLadder,
    Obstacle,
    RetentionRead,
    ReviewDecision,
    ReviewRead,
    StageCount,
    TenureRead,
    UnknownCase,
    UnknownHold,
)


def list_ladders() -> list[Ladder]:
    """Every ladder in force."""
    return [
        Ladder(policy_id=file.id, version=file.version, title=file.title, rules=file.data)
        for file in policy.load("stages")
    ]


def get_ladder(product: str) -> Ladder:
    """The ladder of a product; raises NoLadder."""
    for ladder in list_ladders():
        if product in ladder.rules.products:
            return ladder
    raise NoLadder(product=product)


def get_stage_positions() -> dict[str, int]:
    """How far up its ladder each stage stands."""
    return {stage.name: position for ladder in list_ladders() for position, stage in enumerate(ladder.rules.stages)}


def get_stage_titles() -> dict[str, dict[str, str]]:
    """What each stage is called, by language: for whoever shows a stage's name."""
    return {stage.name: dict(stage.title) for ladder in list_ladders() for stage in ladder.rules.stages}


def get_stage_skills() -> dict[str, str]:
    """Which skill each stage asks for; one that asks for none is left out."""
    return {
        stage.name: stage.skill for ladder in list_ladders() for stage in ladder.rules.stages if stage.skill is not None
    }


def get_case(case_id: int) -> CaseRead:
    """The case with its accounts, tenures, reviews and all its holds; raises UnknownCase."""
    found = _read(Case.objects.filter(pk=case_id))
    if not found:
        raise UnknownCase(case_id=case_id)
    return found[0]


def get_call_back(case_id: int) -> tuple[datetime | None, int | None]:
    """When the customer asked to be called, if they did, and whose case it is."""
    return Case.objects.values_list("call_back_at", "collector_id").get(pk=case_id)


def get_brief(case_id: int, account_id: int) -> CaseBrief:
    """What a permit must know of the case and of one account in it, in one query; raises UnknownCase."""
    present = CaseAccount.objects.filter(case_id=OuterRef("pk"), account_id=account_id, left_date=None)
    row = (
        Case.objects.filter(pk=case_id)
        .values_list("customer_id", "person_id", "client_id", "closed_date", Subquery(present.values("stage")[:1]))
        .first()
    )
    if row is None:
        raise UnknownCase(case_id=case_id)
    customer_id, person_id, client_id, closed_date, stage = row
    return CaseBrief(
        id=case_id,
        customer_id=customer_id,
        person_id=person_id,
        client_id=client_id,
        is_open=closed_date is None,
        account_id=account_id,
        stage=stage,
    )


def get_owner(case_id: int) -> CaseOwner:
    """Whose case it is; raises UnknownCase."""
    row = Case.objects.filter(pk=case_id).values_list("client_id", "collector_id").first()
    if row is None:
        raise UnknownCase(case_id=case_id)
    return CaseOwner(*row)


def in_scope(actor: Actor, *roles: Role) -> RawSQL:
    """The ids of the cases that the actor may see in these roles, for a query of a room above: ``case_id__in=…``."""
    return scope.ids(actor, roles)


def relation_in_scope(actor: Actor, *roles: Role) -> tuple[str, dict[str, Any]]:
    """The same as a relation (id) with its parameters, for a statement of a room above."""
    return scope.relation(actor, roles)


def is_in_scope(actor: Actor, case_id: int, *roles: Role) -> bool:
    """Whether the actor may see the case in one of these roles. A collector's own work is the assignment's to tell."""
    if not actor.roles & {*roles, Role.SYSTEM}:
        return False
    return Case.objects.filter(pk=case_id).filter(pk__in=scope.ids(actor, roles)).exists()


def list_cases(case_ids: Iterable[int]) -> list[CaseRead]:
    """The cases of these ids, by id."""
    return _read(Case.objects.filter(pk__in=set(case_ids)))


def list_cases_of_customer(customer_id: int) -> list[CaseRead]:
    """All cases that the customer ever had with this client, newest first."""
    return _read(Case.objects.filter(customer_id=customer_id))[::-1]


def list_latest_cases(customer_ids: Iterable[int]) -> dict[int, CaseRead]:
    """The case of each customer that is open, else the latest one; whoever never had a case is left out."""
    rows = Case.objects.filter(customer_id__in=set(customer_ids)).order_by(
        "customer_id", F("closed_date").desc(nulls_first=True), "-pk"
    )
    latest = {row.customer_id: row for row in reversed(rows)}
    return {each.customer_id: each for each in _read(latest.values())}


def list_open_cases(client_id: int, *, collector_id: int | None = None) -> list[CaseRead]:
    """The client's open cases, by id, or those of one collector."""
    found = Case.objects.filter(client_id=client_id, closed_date=None)
    return _read(found if collector_id is None else found.filter(collector_id=collector_id))


def get_open_case_of_account(account_id: int) -> CaseRead | None:
    """The open case in which the account is worked, if it is."""
    present = CaseAccount.objects.filter(account_id=account_id, left_date=None).first()
    return get_case(present.case_id) if present else None


def get_collector_id(case_id: int) -> int | None:
    """Who owns the case; raises UnknownCase."""
    return get_owner(case_id).collector_id


def get_collector_ids(case_ids: Iterable[int]) -> dict[int, int | None]:
    """Who owns each of these cases."""
    return dict(Case.objects.filter(pk__in=set(case_ids)).values_list("pk", "collector_id"))


def _read(cases: Iterable[Case]) -> list[CaseRead]:
    """The cases in full, by id: five queries however many they are."""
    rows = sorted(cases, key=lambda case: case.pk)
    ids = [case.pk for case in rows]
    positions = get_stage_positions()
    accounts: dict[int, list[CaseAccountRead]] = {}
    for each in CaseAccount.objects.filter(case_id__in=ids).order_by("joined_date", "account_id", "pk"):
        accounts.setdefault(each.case_id, []).append(_account(each))
    tenures: dict[int, list[TenureRead]] = {}
    for each in Tenure.objects.filter(case_id__in=ids).order_by("from_at", "pk"):
        tenures.setdefault(each.case_id, []).append(
            TenureRead(each.collector_id, each.from_at, each.until_at, each.cause)
        )
    reviews: dict[int, list[ReviewRead]] = {}
    for each in Review.objects.filter(case_id__in=ids).order_by("at", "pk"):
        decision = ReviewDecision(each.decision)
        reviews.setdefault(each.case_id, []).append(ReviewRead(each.account_id, each.stage, decision, each.at, each.by))
    holds = _holds_of(rows)
    found = []
    for case in rows:
        own = tuple(accounts.get(case.pk, ()))
        leading = rules.lead(own, positions)
        found.append(
            CaseRead(
                id=case.pk,
                customer_id=case.customer_id,
                person_id=case.person_id,
                client_id=case.client_id,
                mandate=case.mandate,
                collector_id=case.collector_id,
                opened_date=case.opened_date,
                closed_date=case.closed_date,
                close_cause=case.close_cause,
                call_back_at=case.call_back_at,
                accounts=own,
                lead_account_id=leading.account_id if leading else None,
                stage=leading.stage if leading else None,
                stage_deadline_date=leading.stage_deadline_date if leading else None,
                late_since_date=leading.late_since_date if leading else None,
                tenures=tuple(tenures.get(case.pk, ())),
                reviews=tuple(reviews.get(case.pk, ())),
                holds=tuple(holds[case.pk]),
            )
        )
    return found


def _account(row: CaseAccount) -> CaseAccountRead:
    return CaseAccountRead(
        account_id=row.account_id,
        stage=row.stage,
        stage_since_date=row.stage_since_date,
        stage_deadline_date=row.stage_deadline_date,
        attempts_count=row.stage_attempts_count,
        contacts_count=row.stage_contacts_count,
        right_party_count=row.stage_right_party_count,
        broken_promises_count=row.broken_promises_count,
        promise_due_date=row.promise_due_date,
        paused_on_date=row.paused_on_date,
        late_since_date=row.late_since_date,
        joined_date=row.joined_date,
        left_date=row.left_date,
        left_cause=row.left_cause,
    )


def _hold(row: Hold) -> HoldRead:
    return HoldRead(
        id=row.pk,
        scope=HoldScope(row.scope),
        reason=HoldReason(row.reason),
        person_id=row.person_id,
        customer_id=row.customer_id,
        case_id=row.case_id,
        account_id=row.account_id,
        part_amount=row.part_amount,
        purposes=tuple(row.purposes),
        from_at=row.from_at,
        until_at=row.until_at,
        lifted_at=row.lifted_at,
        lifted_by=row.lifted_by,
        lift_cause=row.lift_cause,
        subject=row.subject,
        against_user_id=row.against_user_id,
        escalated_at=row.escalated_at,
        decided_at=row.decided_at,
        decision=row.decision,
    )


def _holds_of(cases: Sequence[Case]) -> dict[int, list[HoldRead]]:
    """The holds placed in each case, and those of its customer that bind the whole person."""
    ids = [case.pk for case in cases]
    customers = {case.customer_id for case in cases}
    placed = Hold.objects.filter(Q(case_id__in=ids) | Q(customer_id__in=customers, scope=HoldScope.PERSON)).order_by(
        "from_at", "pk"
    )
    holds = [_hold(each) for each in placed]
    return {
        case.pk: [
            each
            for each in holds
            if each.case_id == case.pk or (each.scope is HoldScope.PERSON and each.customer_id == case.customer_id)
        ]
        for case in cases
    }


def get_hold(hold_id: int) -> HoldRead:
    """One hold; raises UnknownHold."""
    row = Hold.objects.filter(pk=hold_id).first()
    if row is None:
        raise UnknownHold(hold_id=hold_id)
    return _hold(row)


def list_holds(case_id: int, at: datetime) -> list[HoldRead]:
    """The holds that stand on the case at the instant, the oldest first; raises UnknownCase."""
    return [each for each in get_case(case_id).holds if each.binds(at)]


def list_standing_holds(client_id: int, at: datetime, actor: Actor) -> list[HoldRead]:
    """The holds that stand at the instant in those of the client's cases that the actor may see, first to end first."""
    seen = scope.ids(actor, (Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER))
    standing = _standing(at).filter(case__client_id=client_id, case_id__in=seen).order_by("until_at", "pk")
    return [_hold(each) for each in standing]


def list_holds_in_pages(
    client_ids: Iterable[int],
    at: datetime,
    actor: Actor,
    *,
    latest: int,
    reason: str | None = None,
    account_ids: Iterable[int] | None = None,
    after: tuple[datetime, int] | None = None,
) -> list[HoldRead]:
    """The standing holds of the cases that the actor may see, first to end first, from after a place in the list.

    By account those are found that bind it: its own, and those of the case in which it is.
    """
    seen = scope.ids(actor, (Role.TEAM_LEADER, Role.COMPLIANCE_OFFICER))
    found = _standing(at).filter(case__client_id__in=set(client_ids), case_id__in=seen)
    if reason is not None:
        found = found.filter(reason=reason)
    if account_ids is not None:
        accounts = set(account_ids)
        within = CaseAccount.objects.filter(account_id__in=accounts, left_date=None).values("case_id")
        wide = Q(scope__in=(HoldScope.CASE, HoldScope.PERSON), case_id__in=within)
        found = found.filter(Q(account_id__in=accounts) | wide)
    if after is not None:
        found = found.filter(Q(until_at__gt=after[0]) | Q(until_at=after[0], pk__gt=after[1]))
    return [_hold(each) for each in found.order_by("until_at", "pk")[:latest]]


def _standing(at: datetime) -> QuerySet[Hold]:
    not_lifted = Q(lifted_at=None) | Q(lifted_at__gt=at)
    return Hold.objects.filter(not_lifted, from_at__lte=at, until_at__gt=at)


def find_binding_hold(
    person_id: int, case_id: int, account_id: int | None, purpose: str, at: datetime
) -> HoldRead | None:
    """The hold that stops this purpose of contact at the instant, the widest first; None if nothing does.

    A hold on an account stops contact about that account; with no account named, the case counts as held once
    each of its open accounts is. A hold on a part of an amount leaves the rest to be talked about.
    """
    standing = _standing(at).filter(purposes__contains=[purpose], against_user_id=None)
    wide = standing.filter(Q(person_id=person_id, scope=HoldScope.PERSON) | Q(case_id=case_id, scope=HoldScope.CASE))
    found = wide.order_by("-scope", "-until_at", "pk").first()
    if found is not None:
        return _hold(found)
    of_account = standing.filter(scope=HoldScope.ACCOUNT).order_by("-until_at", "pk")
    if account_id is not None:
        found = of_account.filter(account_id=account_id).first()
        return _hold(found) if found else None
    open_ids = set(CaseAccount.objects.filter(case_id=case_id, left_date=None).values_list("account_id", flat=True))
    held = list(of_account.filter(account_id__in=open_ids))
    if open_ids and {each.account_id for each in held} == open_ids:
        return _hold(held[-1])
    return None


def list_binding_holds(
    person_id: int, case_id: int, account_id: int, purpose: str, at: datetime, *, user_id: int | None = None
) -> list[HoldRead]:
    """Every hold that stops this purpose of contact about the account at the instant: for the gate's live read.

    The person's are those placed at any client, so they are never shown; a hold on a part leaves the rest. What a
    complaint against somebody stops is that user's contact alone.
    """
    scopes = (
        Q(person_id=person_id, scope=HoldScope.PERSON)
        | Q(case_id=case_id, scope=HoldScope.CASE)
        | Q(account_id=account_id, scope=HoldScope.ACCOUNT)
    )
    whom = Q(against_user_id=None) if user_id is None else Q(against_user_id=None) | Q(against_user_id=user_id)
    found = _standing(at).filter(scopes, whom, purposes__contains=[purpose]).order_by("until_at", "pk")
    return [_hold(each) for each in found]


def is_complained_of(user_id: int, case_id: int, at: datetime) -> bool:
    """Whether a complaint of the case's customer against this user stands: they keep off the case."""
    person = Case.objects.filter(pk=case_id).values("person_id")
    against = _standing(at).filter(reason=HoldReason.COMPLAINT, against_user_id=user_id)
    return against.filter(Q(case_id=case_id) | Q(person_id__in=person, scope=HoldScope.PERSON)).exists()


def list_complained_of(user_id: int, at: datetime) -> set[int]:
    """The cases from which standing complaints keep this user."""
    rows = _standing(at).filter(reason=HoldReason.COMPLAINT, against_user_id=user_id)
    found = set(rows.values_list("case_id", flat=True))
    persons = set(rows.filter(scope=HoldScope.PERSON).values_list("person_id", flat=True))
    if persons:
        found |= set(Case.objects.filter(person_id__in=persons).values_list("pk", flat=True))
    return {each for each in found if each is not None}


def list_obstacles(
    pairs: Sequence[tuple[CaseRead, int]], at: datetime, *, as_owner: bool = True
) -> list[Obstacle | None]:
    """What stands in the way of giving each case to its collector, in the order given; None: nothing does.

    ``as_owner`` False: to help for a time beside the owner.
    """
    complained = {user_id: list_complained_of(user_id, at) for user_id in {user_id for _, user_id in pairs}}
    return handing.weigh(pairs, at, asked=get_stage_skills(), complained=complained, as_owner=as_owner)


def count_owned(user_ids: Collection[int]) -> dict[int, int]:
    """How many open cases each of these users owns."""
    return handing.count_owned(user_ids)


def count_owned_by_stage(user_ids: Collection[int]) -> dict[tuple[int, str], int]:
    """How many open cases each of these users owns with an account on each stage."""
    return handing.count_by_stage(user_ids)


def list_open_in_scope(
    actor: Actor,
    roles: tuple[Role, ...],
    client_ids: Collection[int],
    wanted: Mapping[str, Any],
    after: int,
    latest: int,
) -> list[CaseRead]:
    """The open cases that are the actor's to see in these roles, by id from after one on.

    Narrowed by ``collector_id``, ``stage``, ``is_late``.
    """
    return list_cases(handing.find_open(scope.ids(actor, roles), client_ids, wanted, after, latest))


def list_overdue_complaints(client_ids: Iterable[int], at: datetime, actor: Actor) -> list[HoldRead]:
    """Complaints whose time is over and that nobody has decided, the oldest first; a compliance officer's to decide."""
    seen = scope.ids(actor, (Role.COMPLIANCE_OFFICER,))
    rows = Hold.objects.filter(
        reason=HoldReason.COMPLAINT, decided_at=None, lifted_at=None, until_at__lte=at, case_id__in=seen
    )
    return [_hold(each) for each in rows.filter(case__client_id__in=set(client_ids)).order_by("until_at", "pk")]


def has_hold(person_id: int, case_id: int, account_id: int | None, purpose: str, at: datetime) -> bool:
    """Whether a hold stops this purpose of contact at the instant."""
    return find_binding_hold(person_id, case_id, account_id, purpose, at) is not None


def list_stage_counts(client_id: int, day: date, actor: Actor) -> list[StageCount]:
    """How many of a leader's accounts and cases stand on each stage, in the ladder's order, without empty stages."""
    seen, params = scope.relation(actor, (Role.TEAM_LEADER,))
    text = refreshing.statement("count_stages").replace("FROM in_scope AS", f"FROM ({seen}) AS")
    with connection.cursor() as cursor:
        cursor.execute(text, {**params, "client_id": client_id, "day": day})
        rows = [StageCount(*row) for row in cursor.fetchall()]
    positions = get_stage_positions()
    return sorted(rows, key=lambda row: positions.get(row.stage, len(positions)))


def list_batch_shares(batch_id: int) -> list[BatchShare]:
    """What came of a batch by collector, whoever recovered most first. One currency a row, never added across."""
    with connection.cursor() as cursor:
        cursor.execute(refreshing.statement("batch_by_collector"), {"batch_id": batch_id})
        return [
            BatchShare(collector_id, accounts, still_open, Money(placed, currency), Money(recovered, currency))
            for collector_id, currency, accounts, still_open, placed, recovered in cursor.fetchall()
        ]


def count_batch_ends(batch_id: int) -> dict[str, int]:
    """How the accounts of a batch left their case, the commonest first; ``open`` are still worked."""
    with connection.cursor() as cursor:
        cursor.execute(refreshing.statement("batch_ends"), {"batch_id": batch_id})
        return dict(cursor.fetchall())


def list_retentions(batch_ids: Iterable[int], actor: Actor) -> list[RetentionRead]:
    """Requests to keep accounts beyond their batch's end, open ones first, as far as the cases are the actor's."""
    seen = scope.ids(actor, (Role.TEAM_LEADER,))
    rows = Retention.objects.filter(batch_id__in=set(batch_ids), case_id__in=seen)
    return [_retention(row) for row in rows.order_by(F("decision").asc(nulls_first=True), "requested_at", "pk")]


def list_retentions_of_case(case_id: int) -> list[RetentionRead]:
    """What was asked for the accounts of a case, the newest first."""
    return [_retention(row) for row in Retention.objects.filter(case_id=case_id).order_by("-requested_at", "-pk")]


def _retention(row: Retention) -> RetentionRead:
    return RetentionRead(
        id=row.pk,
        case_id=row.case_id,
        account_id=row.account_id,
        batch_id=row.batch_id,
        until_date=row.until_date,
        cause=row.cause,
        requested_at=row.requested_at,
        requested_by=row.requested_by,
        decision=row.decision,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
    )
