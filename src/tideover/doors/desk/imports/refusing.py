"""Refused rows as a person reads them: what is wrong in the same way in the lines of one account is said once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from tideover.act.intake import queries as intake_queries
from tideover.act.intake.types import RefusedRow


@dataclass(frozen=True)
class Refused:
    """One thing that is wrong, in one line of the file or in several that follow each other."""

    account_number: str
    first_line: int
    last_line: int
    field: str
    values: tuple[str, ...]
    says: str
    remedy: str
    mended_by: int | None
    is_set_aside: bool = False
    records: tuple[int, ...] = ()
    """Those of its rows that wait, and stand in no entry before this one: what one tick chooses."""

    @property
    def chosen(self) -> str:
        """The rows of one tick, as the form sends them."""
        return ",".join(map(str, self.records))

    @property
    def lines(self) -> str:
        """Where it stands: a line, or from one to another."""
        return str(self.first_line) if self.first_line == self.last_line else f"{self.first_line}–{self.last_line}"


def grouped(rows: Iterable[RefusedRow], language: str) -> list[Refused]:
    """What is wrong, by line; what lines of one account share is one entry, with each value that they have."""
    found: dict[tuple[str, str, str, str, int | None, int | None], Refused] = {}
    done: list[Refused] = []
    for row in rows:
        waiting = (row.record,) if row.waits else ()
        for problem in row.problems:
            says = intake_queries.say_wrong(problem, language)
            remedy = intake_queries.say_remedy(problem, language)
            key = (row.account_number or "", problem.field or "", says, remedy, row.mended_by, row.set_aside_id)
            before, value = found.get(key), problem.value or ""
            if before is not None and row.account_number and row.line <= before.last_line + 1:
                values = before.values if value in before.values else (*before.values, value)
                records = (*before.records, *waiting)
                found[key], waiting = replace(before, last_line=row.line, values=values, records=records), ()
                continue
            if before is not None:
                done.append(before)
            account, field = row.account_number or "", problem.field or ""
            entry = Refused(account, row.line, row.line, field, (value,), says, remedy, row.mended_by)
            found[key] = replace(entry, is_set_aside=row.set_aside_id is not None, records=waiting)
            waiting = ()
    return sorted([*done, *found.values()], key=lambda each: each.first_line)
