"""What the files of a case's accounts lack, and until when the accounts are ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tideover.know.filing import queries as filing
from tideover.know.portfolio.types import AccountRead


@dataclass(frozen=True)
class AccountFile:
    """The file of one account: its gaps by name."""

    account_id: int
    short_number: str
    gaps: tuple[str, ...]
    says: str


def read(accounts: Sequence[AccountRead], day: date, language: str) -> list[AccountFile]:
    """The files of the accounts; one whose product has no checklist is left out."""
    found: list[AccountFile] = []
    for account in accounts:
        lines = filing.list_checklist(account.id, day)
        if not lines:
            continue
        gaps = tuple(line.title[language] for line in lines if line.is_missing)
        joined = ("、" if language == "zh-Hans" else ", ").join(gaps)
        found.append(AccountFile(account.id, "…" + account.number[-4:], gaps, joined))
    return found
