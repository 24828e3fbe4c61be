"""What crosses the threshold of intake: the report on a file, what is wrong in a row, why a file is refused."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tideover.core.money import Money
from tideover.core.problem import Problem
from tideover.know.clients.types import StopReason

PLACEMENT, FULL, DELTA, PAYMENTS, RECALL = "placement", "full", "delta", "payments", "recall"
KINDS = (PLACEMENT, FULL, DELTA, PAYMENTS, RECALL)
OF_ACCOUNTS = (PLACEMENT, FULL, DELTA)
"""Kinds that tell of accounts: what they may say is the same."""


TAKEN, HELD = "taken", "held"
"""What became of a file: its good rows went in, or nothing of it did until it is mended."""


@dataclass(frozen=True)
class BatchTerms:
    """The terms of a hand-over, as the control file states them."""

    number: str
    from_date: date | None
    until_date: date | None
    target: Money | None
    commission_share: Decimal | None
    retain_share_max: Decimal | None


@dataclass(frozen=True)
class Control:
    """What the client says of its file in ``FILE.control.yaml``."""

    kind: str
    sequence: int
    cut_off_date: date
    rows_count: int
    totals: tuple[Money, ...]
    batch: BatchTerms | None
    digest: str


@dataclass(frozen=True)
class Counted:
    """All records of a file, good or not: how many, what those add up to that can be read, how many cannot."""

    rows_count: int
    totals: Mapping[str, Decimal]
    unreadable_count: int


@dataclass(frozen=True)
class Stated:
    """The amount that one record states."""

    amount: Decimal
    currency: str


@dataclass(frozen=True)
class Difference:
    """Where a file differs from its control file: in ``rows`` or in a currency's total.

    Explained: records in quarantine whose amounts cannot be read account for it.
    """

    what: str
    stated: Decimal
    counted: Decimal
    is_explained: bool


@dataclass(frozen=True)
class Move:
    """A balance that moved, and no payment that we know of says why: by our books, and as the client states it."""

    account_id: int
    account_number: str
    by_our_books: Money
    stated: Money

    @property
    def difference(self) -> Money:
        """What is stated above our books; negative: below."""
        return self.stated - self.by_our_books


@dataclass(frozen=True)
class Differs:
    """Something that a file states otherwise than we reckon or know it: days late, or an instalment's terms."""

    what: str
    stated: str
    ours: str


@dataclass(frozen=True)
class Reckoned:
    """How a file stands against its control file, the files before it, and the accounts that it should name.

    ``gone_unjudged`` says why nothing was marked gone: ``kind``, ``mends``, ``held``, ``key-unreadable``; None: it was.
    ``documents_count``: documents that it names and that no account's file held before.
    """

    status: str = TAKEN
    control: Control | None = None
    counted: Counted | None = None
    mends_id: int | None = None
    differences: tuple[Difference, ...] = ()
    reasons: tuple[StopReason, ...] = ()
    gone_unjudged: str | None = "kind"
    expected_count: int = 0
    gone_count: int = 0
    returned_count: int = 0
    documents_count: int = 0
    moves_count: int = 0
    moves: tuple[Move, ...] = ()
    dpd_differs_count: int = 0
    dpd_differs: tuple[Differs, ...] = ()
    instalments_differ_count: int = 0
    instalments_differ: tuple[Differs, ...] = ()
    stop_id: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether nothing of the file is taken."""
        return self.status == HELD


@dataclass(frozen=True)
class RowProblem:
    """One thing that is wrong in a row. Its words are ``intake.row.<code>``, the remedy ``…<code>.remedy``.

    ``field`` is the column as the file calls it; ``value`` what stands there.
    """

    code: str
    field: str
    value: str
    fields: Mapping[str, Any] = dataclasses.field(default_factory=dict[str, Any])

    @property
    def words(self) -> str:
        """The code of the words that say what is wrong."""
        return f"intake.row.{self.code}"


@dataclass(frozen=True)
class RefusedRow:
    """A row that does not go in: where it stands, all that is wrong in it, and its cells as the file has them.

    ``record`` counts records with the header as 1, as a spreadsheet does; ``line`` is the line in a text editor.
    """

    record: int
    line: int
    account_number: str | None
    problems: tuple[RowProblem, ...]
    cells: tuple[str, ...]
    mended_by: int | None = None
    set_aside_id: int | None = None

    @property
    def waits(self) -> bool:
        """Whether it is still to be mended."""
        return self.mended_by is None and self.set_aside_id is None


@dataclass(frozen=True)
class SetAsideRead:
    """Refused rows that somebody set aside: how many, by whom, when, and why."""

    id: int
    rows_count: int
    actor: str
    set_at: datetime
    note: str


@dataclass(frozen=True)
class SumLine:
    """Accounts and their total in one currency and bucket; of a payments file, payments with no bucket."""

    currency: str
    bucket: str | None
    count: int
    total: Money


@dataclass(frozen=True)
class ProblemCount:
    """How often one thing is wrong in one column."""

    code: str
    field: str
    count: int


@dataclass(frozen=True)
class ImportReport:
    """What a file came to: judged only (``dry_run``), committed, or known already (``is_repeat``)."""

    import_id: int | None
    client_code: str
    kind: str
    file_name: str
    file_digest: str
    file_bytes: int
    mapping_id: str
    mapping_version: str
    cut_off_date: date
    dry_run: bool
    is_repeat: bool
    committed_at: datetime | None
    rows_count: int
    good_count: int
    new_count: int
    changed_count: int
    same_count: int
    sums: tuple[SumLine, ...]
    lacks: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    absent_columns: tuple[str, ...]
    refused: tuple[RefusedRow, ...]
    reckoned: Reckoned = Reckoned()

    @property
    def refused_count(self) -> int:
        """Rows that did not go in."""
        return self.rows_count - self.good_count

    @property
    def problem_counts(self) -> tuple[ProblemCount, ...]:
        """What is wrong how often, most frequent first."""
        found = Counter((problem.code, problem.field) for row in self.refused for problem in row.problems)
        return tuple(ProblemCount(code, name, count) for (code, name), count in found.most_common())


@dataclass(frozen=True)
class ImportRead:
    """An import that was committed, as lists and pages show it."""

    id: int
    client_id: int
    kind: str
    file_name: str
    file_digest: str
    file_bytes: int
    mapping_id: str
    mapping_version: str
    cut_off_date: date
    rows_count: int
    good_count: int
    quarantined_count: int
    new_count: int
    changed_count: int
    same_count: int
    sums: tuple[SumLine, ...]
    lacks: tuple[str, ...]
    ignored_columns: tuple[str, ...]
    columns: tuple[str, ...]
    problem_counts: tuple[ProblemCount, ...]
    actor: str
    committed_at: datetime
    reckoned: Reckoned = Reckoned()


@dataclass(frozen=True)
class BackFile:
    """A file that goes back to a client: its bytes, as the client reads them."""

    name: str
    content: bytes
    rows_count: int
    digest: str


class BackDateAhead(Problem):
    """The day of a file back has not come yet."""

    code = "intake.back-date-ahead"


class BackValueUnknown(Problem):
    """The client's layout has no word for a code of ours."""

    code = "intake.back-value-unknown"


class FileRefused(Problem):
    """A file that cannot be judged row by row. Nothing of it was taken."""

    code = "intake.file-refused"


class FileMissing(FileRefused):
    """There is no such file, or it cannot be read."""

    code = "intake.file-missing"


class FileEmpty(FileRefused):
    """The file has no rows."""

    code = "intake.file-empty"


class FileDamaged(FileRefused):
    """The packed file is cut off or not what its name says."""

    code = "intake.file-damaged"


class EncodingWrong(FileRefused):
    """The file leaves the expected encoding; ``line`` says where it first shows, ``looks_like`` what it may be."""

    code = "intake.encoding-wrong"


class EncodingDiffers(FileRefused):
    """The whole file is in another encoding than the mapping or the client's profile expects."""

    code = "intake.encoding-differs"


class EncodingMixed(FileRefused):
    """Two encodings stand in one file: it was put together from two."""

    code = "intake.encoding-mixed"


class FileCutOff(FileRefused):
    """The file ends in the middle of a character: its transfer broke off."""

    code = "intake.file-cut-off"


class DelimiterDiffers(FileRefused):
    """The heading falls into more cells by another separator than by the expected one."""

    code = "intake.delimiter-differs"


class QuoteOpen(FileRefused):
    """A quotation mark is opened on a line and never closed: the rest of the file is one cell."""

    code = "intake.quote-open"


class LineTooLong(FileRefused):
    """A line is longer than any row can be."""

    code = "intake.line-too-long"


class AmountsTooLarge(FileRefused):
    """The good rows add up to more than money can be: each may be read, and all of them cannot be right."""

    code = "intake.amounts-too-large"


class FileSwollen(FileRefused):
    """A packed file unfolds to far more than accounts can be: made to fill the disk, not to be read."""

    code = "intake.file-swollen"


class HeaderWrong(FileRefused):
    """The header has a column twice, or one without a name."""

    code = "intake.header-wrong"


class ColumnsMissing(FileRefused):
    """The header does not have the columns that the mapping needs."""

    code = "intake.columns-missing"


class KindWrong(FileRefused):
    """The mapping reads another kind of file."""

    code = "intake.kind-wrong"


class CutOffMissing(FileRefused):
    """Neither a control file nor the command says as of when the file speaks."""

    code = "intake.cut-off-missing"


class CutOffWrong(FileRefused):
    """The cut-off lies after the client's today."""

    code = "intake.cut-off-wrong"


class ControlWrong(FileRefused):
    """The control file cannot be read; ``line`` and ``fault`` say where and why."""

    code = "intake.control-wrong"


class ControlMissing(FileRefused):
    """The mapping or the client's profile asks for a control file, and there is none beside the file."""

    code = "intake.control-missing"


class ControlContradicts(FileRefused):
    """What the command says of a file, or the import that it mends, is not what its control file says."""

    code = "intake.control-contradicts"


class MendsOther(FileRefused):
    """A mending is of the same client and kind as what it mends, and speaks as of the same day."""

    code = "intake.mends-other"


class UnknownImport(Problem):
    """No import has this id."""

    code = "intake.unknown-import"


class ReasonMissing(Problem):
    """Rows are set aside for a stated reason, or not at all."""

    code = "intake.reason-missing"


class RowsNotRefused(Problem):
    """Rows that an import did not refuse cannot be set aside."""

    code = "intake.rows-not-refused"


class WholeFileHeld(Problem):
    """Nothing of a held file went in: it is mended as a whole, not set aside by rows."""

    code = "intake.whole-file-held"
