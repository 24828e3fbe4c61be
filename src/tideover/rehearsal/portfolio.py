"""The portfolio generator: the packaged accounts, or as many more as are asked for, with invented people.

One generator serves the demo, the tests, simulations and benchmarks. The same seed gives the same bytes, and an
account has the same holder in a small portfolio as in a large one.
"""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path

from tideover.rehearsal import draws, people

PACKAGED = 600
PLACEMENTS = "mappings.uci_card_default"
PEOPLE_COLUMNS = (
    "customer_number",
    "full_name",
    "language",
    "country",
    "region",
    "zone",
    "phone_1",
    "phone_2",
    "document_type",
    "document_number",
)

Row = dict[str, str]


@dataclass(frozen=True)
class Portfolio:
    """How many accounts, drawn from which seed, held by how many people who may hold several."""

    accounts: int
    seed: int
    shared_holders: int = people.SHARED_HOLDERS

    def rows(self) -> Iterator[Row]:
        """The rows of the lender's file, in the order of the account numbers."""
        for row in _chosen(self.accounts):
            yield {**row, **self._holder(row["account_id"])}
        for place in range(PACKAGED, self.accounts):
            number = str(1_000_000 + place)
            row = draws.one_of(packaged(), self.seed, "like", number)
            yield {**row, "account_id": number, **self._holder(number)}

    def account_numbers(self) -> list[str]:
        """The accounts' numbers, in the order of the file."""
        return [row["account_id"] for row in _chosen(self.accounts)] + [
            str(1_000_000 + place) for place in range(PACKAGED, self.accounts)
        ]

    def _holder(self, account_number: str) -> Row:
        number = people.holder_of(account_number, self.seed, self.shared_holders)
        person = people.invent(number, self.seed)
        phones = [*person.phones, "", ""]
        values = (
            person.number,
            person.full_name,
            person.language,
            person.country,
            person.region,
            person.zone,
            phones[0],
            phones[1],
            people.DOCUMENT_TYPE,
            person.document_number,
        )
        return dict(zip(PEOPLE_COLUMNS, values, strict=True))

    def write(self, path: Path) -> Path:
        """Write the lender's file: CSV, packed when the name ends in ``.gz``."""
        return write_rows(path, self.rows())


@cache
def packaged() -> tuple[Row, ...]:
    """The 600 accounts of the packaged public file, in the order of their numbers."""
    packed = resources.files("tideover.rehearsal").joinpath("data/uci_card_default.csv.gz").read_bytes()
    return tuple(csv.DictReader(io.StringIO(gzip.decompress(packed).decode("utf-8"))))


def _chosen(accounts: int) -> list[Row]:
    """The first of the packaged accounts in the order of a digest: a small portfolio is mixed as the large one."""
    ranked = sorted(packaged(), key=lambda row: sha256(f"tideover-tests:{row['account_id']}".encode()).hexdigest())
    return sorted(ranked[:accounts], key=lambda row: int(row["account_id"]))


def write_rows(path: Path, rows: Iterable[Row]) -> Path:
    """Write rows as the lender's placement file."""
    each = iter(rows)
    first = next(each)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(first), lineterminator="\n")
    writer.writeheader()
    writer.writerow(first)
    writer.writerows(each)
    write_text(path, text.getvalue())
    return path


def write_text(path: Path, text: str) -> None:
    """Write a whole file or none: a reader never meets a half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = text.encode("utf-8")
    if path.suffix == ".gz":
        data = gzip.compress(data, mtime=0)
    aside = path.with_name(f".{path.name}.part")
    aside.write_bytes(data)
    aside.replace(path)
