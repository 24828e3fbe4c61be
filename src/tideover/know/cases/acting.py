"""What every write on one case begins with: its row locked, the right to it, and the fact at the end."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tideover.core.access.rules import require_client
from tideover.core.access.types import AccessRefused, Actor, Role
from tideover.core.clock import rules as clock
from tideover.core.journal import operations as journal
from tideover.know.cases import queries
from tideover.know.cases.models import Case, CaseAccount
from tideover.know.cases.types import AccountNotInCase, CaseClosed, UnknownCase
from tideover.know.clients import queries as clients

ROOM = "cases"


def lock(case_id: int) -> Case:
    """The case's row, locked for the rest of the transaction; raises UnknownCase."""
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise UnknownCase(case_id=case_id)
    return case


def lock_open_case(case_id: int, actor: Actor) -> Case:
    """The same, if it is open and of one of the actor's clients; raises CaseClosed, AccessRefused."""
    case = lock(case_id)
    require_client(actor, case.client_id)
    if case.closed_date is not None:
        raise CaseClosed(case_id=case_id, closed_date=case.closed_date, cause=case.close_cause)
    return case


def there(case: Case, moment: datetime) -> datetime:
    """The same instant by the client's clock: how an error names it."""
    return moment.astimezone(clock.zone_of(clients.get_client_by_id(case.client_id).zone))


def require_scope(case: Case, actor: Actor, *roles: Role) -> None:
    """Raise AccessRefused unless the case is the actor's to see in one of these roles."""
    if not queries.is_in_scope(actor, case.pk, *roles):
        raise AccessRefused(actor=actor.name, needs=f"case {case.pk}")


def require_account(case: Case, account_id: int) -> CaseAccount:
    """The account as it stands in the case; raises AccountNotInCase."""
    present = CaseAccount.objects.filter(case=case, account_id=account_id, left_date=None).first()
    if present is None:
        raise AccountNotInCase(case_id=case.pk, account_id=account_id)
    return present


def fact(case: Case, kind: str, at: datetime, actor: Actor, **body: Any) -> int:
    """Write a fact of the case onto its customer's chain, and return its id."""
    return journal.append(
        chain=case.customer_id, kind=kind, room=ROOM, at=at, actor=actor, body={"case_id": case.pk, **body}
    )
