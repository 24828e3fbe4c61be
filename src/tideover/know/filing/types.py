"""What crosses filing's threshold. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from tideover.core.problem import Problem

DOCUMENT = "document"
INSTALMENTS = "instalments"
CONTACT_POINT = "contact-point"
CONTACT_SOURCE = "contact-source"
ASKS = (DOCUMENT, INSTALMENTS, CONTACT_POINT, CONTACT_SOURCE)
"""What an item may ask for: a document, the schedule's instalments, a way to reach each party, where it is from."""


@dataclass(frozen=True)
class DocumentRead:
    """A document by its reference and digest; where it lies is the lender's or the archive's to say."""

    id: int
    item: str
    reference: str
    digest: str | None
    source: str
    filed_at: datetime
    filed_by: str
    document_date: date | None = None


@dataclass(frozen=True)
class ChecklistLine:
    """One item of an account's file: what is there of it, or for which customers it is missing."""

    item: str
    title: Mapping[str, str]
    asks: str
    needed_before: str
    documents: tuple[DocumentRead, ...]
    missing_customer_ids: tuple[int, ...]

    @property
    def is_missing(self) -> bool:
        """Whether something of it is not there."""
        return bool(self.missing_customer_ids)


@dataclass(frozen=True)
class MissingRead:
    """Something that the file of an account lacks, and of whom."""

    client_id: int
    account_id: int
    account_number: str
    customer_id: int
    role: str
    product: str
    item: str
    title: Mapping[str, str]


@dataclass(frozen=True)
class ArchivedRead:
    """When an account's file was closed, and until when it is kept."""

    account_id: int
    closed_date: date
    keep_until_date: date


class NoChecklist(Problem):
    """No filing policy says what the file of this product holds."""

    code = "filing.no-checklist"


class UnknownItem(Problem):
    """The product's checklist has no such document."""

    code = "filing.unknown-item"


class DigestWrong(Problem):
    """A digest is SHA-256 in hexadecimal."""

    code = "filing.digest-wrong"


class DocumentDiffers(Problem):
    """A document stands under the reference already, and its content is another one, or was not kept."""

    code = "filing.document-differs"


class ReferenceMissing(Problem):
    """A document without a reference cannot be found again."""

    code = "filing.reference-missing"
