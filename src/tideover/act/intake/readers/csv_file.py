"""Reading a CSV file: decoded strictly, each record with its number and its line. Nothing is judged here.

The number of a record and the number of a line differ after a quoted line break: a spreadsheet shows the one, an
editor the other. Decoding and numbering are the only work that goes row by row.
"""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from tideover.act.intake.readers import shape as shapes
from tideover.act.intake.readers.shape import FileShape
from tideover.act.intake.types import (
    FileDamaged,
    FileEmpty,
    FileMissing,
    FileSwollen,
    HeaderWrong,
    LineTooLong,
    QuoteOpen,
)

BATCH = 20_000
LINE_MAX = 1_000_000
UNPACKED_ALWAYS_FINE = 256 * 1024 * 1024
UNPACKED_TIMES_MAX = 200
"""A packed file may unfold to so many times its size, or to 256 MB; accounts hardly reach thirty times."""
_BOM = "\ufeff"

Sink = Callable[[list[int], list[int], list[Sequence[str]]], None]
"""Takes the records' numbers, their lines, and the cells by column."""


@dataclass
class Unfit:
    """A record that has no place in a table: too many or too few cells, a NUL, a stray quotation mark."""

    record: int
    line: int
    code: str
    cells: list[str]
    fields: dict[str, int]


@dataclass
class Reading:
    """What reading a file came to."""

    header: tuple[str, ...] = ()
    records_count: int = 0
    unfit: list[Unfit] = field(default_factory=list)


def digest(path: Path) -> tuple[str, int]:
    """SHA-256 of the file's bytes, and how many there are; raises FileMissing."""
    found = sha256()
    size = 0
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                found.update(chunk)
                size += len(chunk)
    except OSError as error:
        raise FileMissing(file=path.name, why=error.strerror or "") from None
    return found.hexdigest(), size


def read(path: Path, shape: FileShape, start: Callable[[tuple[str, ...]], Sink]) -> Reading:
    """Read the whole file. ``start`` gets the header and gives the sink that takes batches of fit records.

    Raises a FileRefused by name where the file cannot be judged row by row, or is written otherwise than expected.
    """
    reading = Reading()
    try:
        shapes.check_encoding(path, shape.encoding, _characters_max(path))
        with _lines(path, shape) as lines:
            _read_records(lines, shape.separator, start, reading, path.name)
    except UnicodeDecodeError:
        raise shapes.explain(path, shape.encoding) from None
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise FileDamaged(file=path.name) from None
    return reading


class _Lines:
    """Physical lines, remembering which of them held a NUL."""

    def __init__(self, text: io.TextIOBase, name: str, shape: FileShape, characters_max: int | None) -> None:
        self.text, self.name, self.shape, self.characters_max = text, name, shape, characters_max
        self.number = self.characters = 0
        self.with_nul: list[int] = []
        self.latest = ""

    def __iter__(self) -> Iterator[str]:
        while line := self.text.readline(LINE_MAX):
            self.number += 1
            self.characters += len(line)
            if self.characters_max is not None and self.characters > self.characters_max:
                raise FileSwollen(file=self.name, max=UNPACKED_TIMES_MAX)
            if len(line) >= LINE_MAX:
                raise LineTooLong(file=self.name, line=str(self.number), max=LINE_MAX)
            if "\0" in line:
                self.with_nul.append(self.number)
            if self.shape.encoding == "gb18030" and not line.isascii() and shapes.is_utf8_among(line):
                raise shapes.mixed(self.name, self.number)
            if self.number == 1:
                line = line.removeprefix(_BOM)
                shapes.check_delimiter(line, self.shape, self.name)
            self.latest = line
            yield line


@contextmanager
def _lines(path: Path, shape: FileShape) -> Iterator[_Lines]:
    with (
        gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb") as raw,
        io.TextIOWrapper(raw, encoding=shape.encoding, errors="strict", newline="") as text,  # type: ignore[arg-type]
    ):
        yield _Lines(text, path.name, shape, _characters_max(path))


def _characters_max(path: Path) -> int | None:
    """How far a packed file may unfold; None for one that is not packed."""
    if path.suffix != ".gz":
        return None
    return max(UNPACKED_ALWAYS_FINE, UNPACKED_TIMES_MAX * path.stat().st_size)


def _read_records(
    lines: _Lines, delimiter: str, start: Callable[[tuple[str, ...]], Sink], reading: Reading, name: str
) -> None:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    reading.header = _header(reader, name)
    sink = start(reading.header)
    width = len(reading.header)
    numbers: list[int] = []
    places: list[int] = []
    rows: list[list[str]] = []
    record, before = 1, reader.line_num
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            break
        except csv.Error as error:
            record += 1
            if "unexpected end of data" in str(error) or "field limit" in str(error):
                raise QuoteOpen(file=name, line=str(before + 1)) from None
            reading.unfit.append(Unfit(record, before + 1, "stray-quote", [lines.latest.rstrip("\r\n")], {}))
            before = reader.line_num
            continue
        line, before = before + 1, reader.line_num
        if not cells:
            continue
        record += 1
        if lines.with_nul and lines.with_nul[-1] >= line:
            shown = [cell.replace("\0", "\ufffd") for cell in cells]
            reading.unfit.append(Unfit(record, line, "nul", shown, {}))
        elif len(cells) != width:
            found = {"found": len(cells), "wanted": width}
            reading.unfit.append(Unfit(record, line, "ragged", cells, found))
        else:
            numbers.append(record)
            places.append(line)
            rows.append(cells)
            if len(rows) >= BATCH:
                sink(numbers, places, list(zip(*rows, strict=True)))
                numbers, places, rows = [], [], []
    if rows:
        sink(numbers, places, list(zip(*rows, strict=True)))
    reading.records_count = record - 1


def _header(reader: Iterator[list[str]], name: str) -> tuple[str, ...]:
    try:
        header: tuple[str, ...] = ()
        while not header:
            header = tuple(cell.strip() for cell in next(reader))
    except StopIteration:
        raise FileEmpty(file=name) from None
    except csv.Error:
        raise QuoteOpen(file=name, line="1") from None
    if any("\0" in cell for cell in header):
        raise HeaderWrong(file=name, column="NUL")
    for place, cell in enumerate(header, 1):
        if not cell or header.count(cell) > 1:
            raise HeaderWrong(file=name, column=cell or f"№ {place}")
    return header
