"""Public reads: what can be recorded, and what was."""

from __future__ import annotations

from tideover.act.outcomes import policy_schema as schema
from tideover.act.outcomes.models import Outcome, OutcomeNote
from tideover.act.outcomes.types import OutcomeRead, ReasonRead, ResultRead, UnknownResult
from tideover.core.policy import queries as policy
from tideover.core.policy.types import PolicyFile

PREFIX = "outcomes."


def list_result_files() -> list[PolicyFile]:
    """Every outcome policy in force."""
    return policy.load("outcomes")


def get_result_file(result: str) -> PolicyFile:
    """The policy of a result, by its name without the folder; raises UnknownResult."""
    for file in list_result_files():
        if file.id == PREFIX + result:
            return file
    raise UnknownResult(result=result)


def find_line_result(cause: str) -> str | None:
    """The result that the line records by itself when a call ends unanswered with this cause."""
    for file in list_result_files():
        if cause in file.data.line_causes:
            return file.id.removeprefix(PREFIX)
    return None


def list_results(spoke_to: str) -> list[ResultRead]:
    """What a collector may choose after speaking to the customer or a third person, in the form's order."""
    files = [
        each for each in list_result_files() if each.data.spoke_to == spoke_to and each.data.recorded_by == "collector"
    ]
    return [_result(each) for each in sorted(files, key=lambda each: each.data.position)]


def get_result_titles() -> dict[str, dict[str, str]]:
    """What each result is called, by language: for whoever shows one."""
    return {file.id.removeprefix(PREFIX): dict(file.title) for file in list_result_files()}


def list_arrears_reasons() -> list[ReasonRead]:
    """The reasons for arrears, in the form's order."""
    return [
        ReasonRead(name=each.name, title=each.title, key=each.key)
        for file in policy.load("arrears-reasons")
        for each in file.data.reasons
    ]


def _result(file: PolicyFile) -> ResultRead:
    rule: schema.OutcomeRule = file.data
    hold, promise = rule.effect(schema.PlaceHold), rule.effect(schema.OpenPromise)
    later = rule.effect(schema.AskLater)
    return ResultRead(
        name=file.id.removeprefix(PREFIX),
        title=file.title,
        key=rule.key,
        needs=tuple(need.value for need in rule.needs),
        next_step=rule.next_step,
        hold_days=hold.days if hold else None,
        hold_days_max=hold.days_max if hold else None,
        promise_days_max=promise.days_ahead_max if promise else None,
        call_back_days_max=later.days_ahead_max if later else None,
    )


def get_outcome(outcome_id: int) -> OutcomeRead:
    """One outcome; raises Outcome.DoesNotExist."""
    return read(Outcome.objects.get(pk=outcome_id))


def get_outcome_of_call(call_id: int) -> OutcomeRead | None:
    """What the call came to, if that was recorded."""
    found = Outcome.objects.filter(call_id=call_id).first()
    return read(found) if found else None


def list_outcomes(case_id: int) -> list[OutcomeRead]:
    """What every contact in the case ended in, the newest first."""
    return [read(each) for each in Outcome.objects.filter(case_id=case_id).order_by("-at", "-pk")]


def get_note(outcome_id: int) -> str | None:
    """The collector's note, unless there was none or it was erased."""
    return OutcomeNote.objects.filter(outcome_id=outcome_id).values_list("text", flat=True).first()


def list_notes(case_id: int) -> dict[int, str]:
    """The notes of the case, by the outcome's fact: the timeline shows them beside the facts."""
    found = OutcomeNote.objects.filter(outcome__case_id=case_id)
    return dict(found.values_list("outcome__fact_id", "text"))


def read(row: Outcome) -> OutcomeRead:
    """A row as others see it."""
    return OutcomeRead(
        id=row.pk,
        call_id=row.call_id,
        case_id=row.case_id,
        account_id=row.account_id,
        customer_id=row.customer_id,
        client_id=row.client_id,
        user_id=row.user_id,
        at=row.at,
        local_date=row.local_date,
        spoke_to=row.spoke_to,
        result=row.result,
        result_version=row.result_version,
        arrears_reason=row.arrears_reason,
        next_step_at=row.next_step_at,
        promise_id=row.promise_id,
        hold_id=row.hold_id,
        case_was_closed=row.case_was_closed,
        has_note=OutcomeNote.objects.filter(outcome_id=row.pk).exists(),
    )
