"""Public reads of promises."""

from __future__ import annotations

from collections.abc import Iterable

from tideover.act.arrangements.models import Judgement, Promise
from tideover.act.arrangements.types import JudgementRead, PromiseRead, PromiseState
from tideover.core.money import Money


def get_promise(promise_id: int) -> PromiseRead:
    """One promise; raises Promise.DoesNotExist."""
    return _read(Promise.objects.get(pk=promise_id))


def list_promises(case_id: int) -> list[PromiseRead]:
    """Every promise made in the case, the newest first."""
    return [_read(each) for each in Promise.objects.filter(case_id=case_id).order_by("-made_at", "-pk")]


def list_promises_of_accounts(account_ids: Iterable[int]) -> list[PromiseRead]:
    """Every promise ever made on the accounts, the newest first."""
    found = Promise.objects.filter(account_id__in=set(account_ids)).order_by("-made_at", "-pk")
    return [_read(each) for each in found]


def list_open_promises(client_id: int) -> list[PromiseRead]:
    """The client's open promises, those due first coming first."""
    found = Promise.objects.filter(client_id=client_id, state=PromiseState.OPEN).order_by("due_date", "pk")
    return [_read(each) for each in found]


def get_open_promise(account_id: int) -> PromiseRead | None:
    """The promise that is open on the account, if there is one."""
    found = Promise.objects.filter(account_id=account_id, state=PromiseState.OPEN).first()
    return _read(found) if found else None


def list_judgements(promise_id: int) -> list[JudgementRead]:
    """Everything that the promise was ever found to be, the first first."""
    rows = Judgement.objects.filter(promise_id=promise_id).select_related("promise").order_by("pk")
    return [
        JudgementRead(
            promise_id=promise_id,
            day=row.day,
            state_from=PromiseState(row.state_from),
            state_to=PromiseState(row.state_to),
            paid_amount=Money(row.paid_amount, row.promise.currency),
            cause=row.cause,
        )
        for row in rows
    ]


def _read(row: Promise) -> PromiseRead:
    return PromiseRead(
        id=row.pk,
        case_id=row.case_id,
        account_id=row.account_id,
        customer_id=row.customer_id,
        client_id=row.client_id,
        user_id=row.user_id,
        amount=Money(row.amount, row.currency),
        made_at=row.made_at,
        made_date=row.made_date,
        due_date=row.due_date,
        state=PromiseState(row.state),
        paid_amount=Money(row.paid_amount, row.currency),
        judged_date=row.judged_date,
    )
