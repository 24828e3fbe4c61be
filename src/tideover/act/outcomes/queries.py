"""Public reads of outcomes: what the form offers, and what calls came to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db import connection

from tideover.act.outcomes.models import Outcome, OutcomeNote, Proof
from tideover.act.outcomes.policy_schema import OutcomeRule, PlaceHold
from tideover.act.outcomes.types import (
    ArrearsReasonRead,
    ContinuityRead,
    OutcomeRead,
    ProofRead,
    ResultRead,
    UnknownResult,
)
from tideover.core.access.types import Actor, Role
from tideover.core.policy import queries as policy
from tideover.core.policy.types import PolicyFile
from tideover.core.sql import files as sql_files
from tideover.know.cases import queries as cases

PREFIX = "outcomes."
REASONS = "reasons.arrears"


def get_result(name: str) -> PolicyFile:
    """The outcome's file by the name of the result; raises UnknownResult."""
    for file in policy.load("outcomes"):
        if file.id == PREFIX + name:
            return file
    raise UnknownResult(result=name)


def get_result_of_line(cause: str) -> tuple[str, PolicyFile]:
    """Which result the line's cause is recorded as; raises UnknownResult."""
    for file in policy.load("outcomes"):
        if cause in file.data.line_causes:
            return file.id.removeprefix(PREFIX), file
    raise UnknownResult(result=cause)


def list_results(spoke_to: str) -> list[ResultRead]:
    """What a collector may record of a talk with the customer or with a third person, in the form's order."""
    found = [
        file
        for file in policy.load("outcomes")
        if file.data.recorded_by == "collector" and file.data.spoke_to == spoke_to
    ]
    return [_result(file) for file in sorted(found, key=lambda file: file.data.position)]


def get_title(name: str) -> dict[str, str]:
    """What a result is called in both languages; the name itself where the file is gone."""
    try:
        return dict(get_result(name).title)
    except UnknownResult:
        return {"en": name, "zh-Hans": name}


def list_continuity(client_ids: Collection[int], day: date, days: int, actor: Actor) -> dict[str, ContinuityRead]:
    """How steadily a leader's customers speak with the same collector within a stage, over the last days, by stage."""
    seen, params = cases.relation_in_scope(actor, Role.TEAM_LEADER)
    text = sql_files.load(__package__, "count_continuity").text.replace("FROM in_scope AS", f"FROM ({seen}) AS")
    with connection.cursor() as cursor:
        cursor.execute(text, {**params, "of_clients": list(client_ids), "day": day, "days": days})
        return {row[0]: ContinuityRead(*row) for row in cursor.fetchall()}


def list_arrears_reasons() -> list[ArrearsReasonRead]:
    """Why customers say that they have not paid, in the form's order."""
    reasons = policy.get("arrears-reasons", REASONS).data.reasons
    return [ArrearsReasonRead(reason.name, reason.title, reason.key) for reason in reasons]


def list_outcomes(case_id: int) -> list[OutcomeRead]:
    """The outcomes of a case, newest first."""
    return [read(row) for row in Outcome.objects.filter(case_id=case_id).order_by("-at", "-pk")]


def get_note(outcome_id: int) -> str | None:
    """The collector's note; None where there was none or it has been erased."""
    note = OutcomeNote.objects.filter(outcome_id=outcome_id).first()
    return None if note is None else note.text


def list_notes(customer_id: int) -> dict[int, str]:
    """The notes of a customer that are not erased, by the fact that their outcome wrote."""
    rows = OutcomeNote.objects.filter(customer_id=customer_id).select_related("outcome")
    return {row.outcome.fact_id: row.text for row in rows}


def list_proofs(hold_ids: Iterable[int]) -> dict[int, list[ProofRead]]:
    """The documents that were filed against holds, by hold, the first first."""
    found: dict[int, list[ProofRead]] = {}
    for row in Proof.objects.filter(hold_id__in=set(hold_ids)).order_by("pk"):
        found.setdefault(row.hold_id, []).append(
            ProofRead(row.pk, row.hold_id, row.reference, row.digest, row.at, row.by)
        )
    return found


def read(row: Outcome) -> OutcomeRead:
    """A row as others see it."""
    return OutcomeRead(
        id=row.pk,
        call_id=row.call_id,
        case_id=row.case_id,
        customer_id=row.customer_id,
        client_id=row.client_id,
        account_id=row.account_id,
        user_id=row.user_id,
        at=row.at,
        spoke_to=row.spoke_to,
        result=row.result,
        arrears_reason=row.arrears_reason,
        next_step_at=row.next_step_at,
        promise_id=row.promise_id,
        hold_id=row.hold_id,
        case_was_closed=row.case_was_closed,
    )


def _result(file: PolicyFile) -> ResultRead:
    rule: OutcomeRule = file.data
    hold: PlaceHold | None = rule.effect(PlaceHold)
    return ResultRead(
        name=file.id.removeprefix(PREFIX),
        title=file.title,
        key=rule.key,
        needs=frozenset(need.value for need in rule.needs),
        hold_days=None if hold is None else hold.days,
        next_step=rule.next_step,
    )
