"""What has happened since the lists were made: work that fell away, and work that is no longer somebody's to do.

Nobody deletes work. A list joins the case's live state, so what fell away comes back by itself when a payment is taken
back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tideover.decide.assignment.types import WorkRead
from tideover.know.cases import queries as cases
from tideover.know.ledger import queries as ledger
from tideover.know.portfolio import queries as portfolio
from tideover.know.staff import queries as staff


def still_to_do(
    work: Sequence[WorkRead], made_at: datetime, at: datetime, user_id: int | None = None
) -> list[WorkRead]:
    """The work without what fell away since the lists were made; what is done stays, so that the day still adds up.

    With a user, also without the cases whose customer has complained of them, and without what their certificates
    no longer cover.
    """
    open_work = [each for each in work if not each.is_done]
    away = list_fallen_away({each.case_id for each in open_work}, made_at, at)
    if user_id is not None:
        away |= cases.list_complained_of(user_id, at)
        away |= {each.case_id for each in list_lapsed(open_work, at)}
    return [each for each in work if each.is_done or each.case_id not in away]


def list_lapsed(work: Iterable[WorkRead], at: datetime) -> list[WorkRead]:
    """Of this work, what lies with a collector whose certificate for it has ended since the list was made."""
    held = [each for each in work if not each.is_done and each.collector_id is not None]
    skills = staff.list_skills({each.collector_id for each in held if each.collector_id is not None}, at)
    return [each for each in held if each.skill not in skills[each.collector_id or 0]]


def list_fallen(leads: Mapping[int, int], since: datetime, at: datetime) -> frozenset[int]:
    """Of many cases with their leading accounts, those that fell away; only a case whose lead moved can be one."""
    moved = ledger.list_moved(leads.values(), since) | portfolio.list_not_placed(leads.values(), at)
    return frozenset(list_fallen_away((case_id for case_id, lead in leads.items() if lead in moved), since, at))


def list_fallen_away(case_ids: Iterable[int], since: datetime, at: datetime) -> set[int]:
    """Of these cases, those in which nothing is left to collect by what was booked, or recalled, since the instant."""
    open_cases = {case.id: {each.account_id for each in case.open_accounts} for case in cases.list_cases(case_ids)}
    accounts = {account for each in open_cases.values() for account in each}
    settled = {
        late.account_id
        for late in ledger.list_lateness(ledger.list_moved(accounts, since), at)
        if late.dpd <= 0 or late.is_settled or (late.owed_now is not None and late.owed_now.amount <= 0)
    }
    gone = settled | portfolio.list_not_placed(accounts, at)
    return {case_id for case_id, each in open_cases.items() if each <= gone}
