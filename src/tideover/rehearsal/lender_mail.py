"""What Hengtong sends on the days of the demo: each file is written once, with its control file, and imported.

A file that stands in the folder is sent as it is, so a replay that was cut off sends the same bytes again, and the
same delivery changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from tideover.act.intake import operations as intake
from tideover.act.intake import queries as intake_queries
from tideover.core.access.types import Actor
from tideover.know.clients.types import ClientRead
from tideover.know.portfolio import queries as portfolio_queries
from tideover.rehearsal import behaviour, calendar, draws, hengtong, lender_files, loan_money
from tideover.rehearsal.hengtong import Lender, Payments
from tideover.rehearsal.lender_files import LoanRow, MoneyRow, RecallRow

MAPPINGS = {
    "placement": "mappings.hengtong_placement",
    "full": "mappings.hengtong_full",
    "delta": "mappings.hengtong_full",
    "payments": "mappings.hengtong_payments",
    "recall": "mappings.hengtong_recall",
}
NAMES = {"placement": "委案表", "full": "全量", "delta": "增量", "payments": "还款", "recall": "退案"}
TRUNCATED_TO = Decimal("0.6")
CENT = Decimal("0.01")


@dataclass(frozen=True)
class Post:
    """The lender's side of the demo on a day: its books, whom it sends to, and the folder in which files lie."""

    lender: Lender
    client: ClientRead
    folder: Path
    integrator: Actor

    def send_placement(self, batch: str, at: datetime, *, spoiled: bool = False) -> None:
        """委案表 of a batch, as of the evening before."""
        cut_off = self._eve(at)
        path = self._path("placement", cut_off)
        if not path.exists():
            rows = self._handed_over(batch, cut_off)
            content = hengtong.placement(rows, spoiled, self.lender.seed)
            records = sum(len(row.instalments) for row in rows)
            total = hengtong.total_of(rows)
            self._write(path, content, self._control("placement", path, cut_off, records, total, rows))
        self._import("placement", path, cut_off, at)

    def mend_placement(self, batch: str, at: datetime) -> None:
        """The rows of the batch's 委案表 that were written wrong, written right."""
        cut_off = self._eve(at)
        path = self._path("placement", cut_off, "补正")
        if not path.exists():
            rows = self._handed_over(batch, cut_off)
            wrong = set(hengtong.spoiled_numbers(rows, self.lender.seed))
            self._write(path, lender_files.placement([row for row in rows if row.number in wrong]))
        self._import("placement", path, cut_off, at, mends=self._path("placement", cut_off).name)

    def send_full(self, at: datetime, *, truncated: bool = False) -> None:
        """全量: every contract that is placed, and the customers' others; truncated, against its control file."""
        cut_off = self._eve(at)
        path = self._path("full", cut_off)
        if not path.exists():
            rows = self._all(cut_off)
            content = lender_files.full(rows)
            control = self._control("full", path, cut_off, len(rows), hengtong.total_of(rows))
            self._write(path, broken_off(content) if truncated else content, control)
        self._import("full", path, cut_off, at)

    def mend_full(self, at: datetime) -> None:
        """The whole of the file that came truncated."""
        cut_off = self._eve(at)
        held, path = self._path("full", cut_off), self._path("full", cut_off, "补发")
        if not path.exists():
            self._write(path, lender_files.full(self._all(cut_off)), _control_of(held).read_bytes())
        self._import("full", path, cut_off, at, mends=held.name)

    def send_delta(self, at: datetime) -> None:
        """增量: contracts of which an instalment fell due or was paid in the last two days."""
        cut_off = self._eve(at)
        path = self._path("delta", cut_off)
        if not path.exists():
            days = [cut_off - timedelta(days=back) for back in range(2)]
            changed = {number for day in days for number in self.lender.due_on(day)}
            rows = [row for row in self._placed(cut_off) if row.number in changed]
            control = self._control("delta", path, cut_off, len(rows), hengtong.total_of(rows))
            self._write(path, lender_files.full(rows), control)
        self._import("delta", path, cut_off, at)

    def send_recall(self, at: datetime, most: int) -> None:
        """退案: a few contracts of the older batch, chosen by a digest."""
        cut_off = self._eve(at)
        path = self._path("recall", cut_off)
        if not path.exists():
            numbers = self.lender.numbers(calendar.list_batches()[0].number)
            ranked = sorted(numbers, key=lambda each: draws.number(self.lender.seed, "recalled", each))
            chosen = sorted(ranked[: min(most, max(1, len(numbers) // 50))])
            self._write(path, lender_files.recall(RecallRow(number, cut_off) for number in chosen))
        self._import("recall", path, cut_off, at)

    def send_payments(self, at: datetime) -> None:
        """还款 of the day before: paid, taken back, or debited in vain; a file without rows where nothing was."""
        paid_on = self._eve(at)
        path = self._path("payments", paid_on)
        if not path.exists():
            self.take_money(paid_on)
        self._import("payments", path, paid_on, at)

    def take_money(self, day: date) -> list[MoneyRow]:
        """What the day brings: 还款 is written for the next morning; returns what reaches us by a person at a desk."""
        entries = loan_money.money_on(self.lender, self.client, day)
        path = self._path("payments", day)
        if not path.exists():
            sent = [each for each in entries if not self._by_page(each)]
            control = self._control("payments", path, day, len(sent), None)
            self._write(path, lender_files.payments(sent), control)
        return [each for each in entries if self._by_page(each)]

    def _by_page(self, entry: MoneyRow) -> bool:
        return entry.kind == lender_files.PAYMENT and behaviour.pays_by_page(entry.reference, self.lender.seed)

    def _handed_over(self, batch: str, cut_off: date) -> list[LoanRow]:
        rows = [self.lender.row(number, cut_off, {}, None) for number in self.lender.numbers(batch)]
        share = calendar.get_batch(batch).target_share
        terms = self.lender.terms(batch, (hengtong.total_of(rows) * share).quantize(CENT))
        return [hengtong.within(row, terms) for row in rows]

    def _placed(self, cut_off: date, payments: Payments | None = None) -> list[LoanRow]:
        payments = loan_money.by_number(self.client) if payments is None else payments
        return [
            self.lender.row(number, cut_off, payments, self.lender.terms(batch, Decimal(0)))
            for number, batch in sorted(portfolio_queries.list_placed(self.client.id, cut_off).items())
            if self.lender.is_known(number)
        ]

    def _all(self, cut_off: date) -> list[LoanRow]:
        known = [each.number for each in calendar.list_batches() if self.lender.day(each.placed) <= cut_off]
        return [*self._placed(cut_off), *(row for batch in known for row in self.lender.others(batch, cut_off))]

    def _control(
        self, kind: str, path: Path, cut_off: date, rows: int, total: Decimal | None, terms: Sequence[LoanRow] = ()
    ) -> bytes:
        batch = terms[0].batch if terms else None
        return lender_files.control(
            kind=kind, sequence=self._number(kind, path), cut_off=cut_off, rows=rows, total=total, batch=batch
        )

    def _number(self, kind: str, path: Path) -> int:
        """The file's place among those of its kind: the lender numbers what it sends, after what a visitor sent."""
        sent = self.folder.glob(f"恒通-{NAMES[kind]}-*.control.yaml")
        count = sum("补" not in each.name and each != _control_of(path) for each in sent)
        made = [each.reckoned for each in intake_queries.list_imports([self.client.id]) if each.kind == kind]
        return 1 + max([count, *(each.control.sequence or 0 for each in made if each.control)])

    def _path(self, kind: str, cut_off: date, again: str = "") -> Path:
        return self.folder / f"恒通-{NAMES[kind]}-{cut_off:%Y%m%d}{again}.csv"

    def _write(self, path: Path, content: bytes, control: bytes | None = None) -> None:
        """The control file first: a file that stands is whole, and has what belongs to it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        for target, data in ((_control_of(path), control), (path, content)):
            if data is not None:
                aside = target.with_name(f".{target.name}.part")
                aside.write_bytes(data)
                aside.replace(target)

    def _import(self, kind: str, path: Path, cut_off: date, at: datetime, mends: str | None = None) -> None:
        intake.import_file(
            path=path,
            client_code=self.client.code,
            kind=kind,
            mapping_id=MAPPINGS[kind],
            cut_off=cut_off,
            dry_run=False,
            at=at,
            actor=self.integrator,
            mends=None if mends is None else self._import_of(mends),
        )

    def _import_of(self, name: str) -> int:
        found = [each for each in intake_queries.list_imports([self.client.id]) if each.file_name == name]
        return min(each.id for each in found)

    def _eve(self, at: datetime) -> date:
        return self.client.local_date(at) - timedelta(days=1)


def _control_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.control.yaml")


def broken_off(content: bytes) -> bytes:
    """The file as it is when a transfer breaks off between two rows."""
    lines = content.splitlines(keepends=True)
    return b"".join(lines[: 1 + int((len(lines) - 1) * TRUNCATED_TO)])
