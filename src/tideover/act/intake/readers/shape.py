"""How a file is written: its encoding and its separator, found in its bytes and held against what is expected.

Nothing is guessed for reading: the mapping or the client's profile says what to expect, and what is found otherwise
refuses the file by name. UTF-8 read as GB18030 gives other characters and no error, so that is looked for as well.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tideover.act.intake.types import (
    DelimiterDiffers,
    EncodingDiffers,
    EncodingMixed,
    EncodingWrong,
    FileCutOff,
    FileRefused,
)

ENCODINGS = ("utf-8", "gb18030", "utf-16")
DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "bar": "|"}
SHOWN = {"utf-8": "UTF-8", "gb18030": "GB18030", "utf-16": "UTF-16"}
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (b"\x84\x31\x95\x33", "gb18030"), (codecs.BOM_UTF16_LE, "utf-16"),
         (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_CHINESE = re.compile("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
_CHUNK = 1 << 20
_CHANCE_BYTES = 12
"""Fewer bytes than these may be valid in both encodings; more never were."""


@dataclass(frozen=True)
class FileShape:
    """How the file is written. ``encoding`` is one of ENCODINGS, ``delimiter`` a name out of DELIMITERS."""

    encoding: str
    delimiter: str

    @property
    def separator(self) -> str:
        """The character between two cells."""
        return DELIMITERS[self.delimiter]


def check_encoding(path: Path, expected: str, bytes_max: int | None = None) -> None:
    """Raise EncodingDiffers where the file's bytes say that it is in another encoding than is expected.

    Not more than ``bytes_max`` are looked at: whoever reads on refuses a file that unfolds to more.
    """
    found, is_plain, is_utf8 = None, True, True
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    with opened(path) as file:
        first = file.read(_CHUNK)
        found = next((name for bom, name in _BOMS if first.startswith(bom)), None)
        if found is None and expected == "gb18030":
            chunk, seen = first, 0
            while chunk and is_utf8 and (bytes_max is None or seen <= bytes_max):
                seen += len(chunk)
                try:
                    decoder.decode(chunk)
                    is_plain = is_plain and chunk.isascii()
                except UnicodeDecodeError:
                    is_utf8 = False
                chunk = file.read(_CHUNK)
            if is_utf8 and not is_plain and not (len(first) < _CHUNK and _may_be_chance(first)):
                found = "utf-8"
    if found is None and expected == "utf-16":
        raise EncodingDiffers(file=path.name, expected=SHOWN[expected], found="–")
    if found is not None and found != expected:
        raise EncodingDiffers(file=path.name, expected=SHOWN[expected], found=SHOWN[found])


def check_delimiter(line: str, shape: FileShape, name: str) -> None:
    """Raise DelimiterDiffers where the heading falls into more cells by another separator than by the expected."""
    counts = {each: _cells(line, separator) for each, separator in DELIMITERS.items()}
    best = max(counts, key=lambda each: counts[each])
    if counts[best] > counts[shape.delimiter]:
        raise DelimiterDiffers(
            file=name,
            expected=shape.delimiter,
            found=best,
            expected_count=counts[shape.delimiter],
            found_count=counts[best],
        )


def is_utf8_among(line: str) -> bool:
    """Whether a line that was read as GB18030 is Chinese in UTF-8: two encodings in one file."""
    return _is_chinese_utf8(line.encode("gb18030"))


def _is_chinese_utf8(line: bytes) -> bool:
    try:
        text = line.decode("utf-8")
    except UnicodeError:
        return False
    odd = [character for character in text if not character.isascii()]
    return bool(odd) and all(_CHINESE.match(character) for character in odd) and not _may_be_chance(line)


def _may_be_chance(data: bytes) -> bool:
    """Whether so few bytes, all of the kind that GB2312 uses, read as UTF-8 by chance: 濮崇安 does."""
    odd = [byte for byte in data if byte >= 0x80]
    return len(odd) < _CHANCE_BYTES and all(byte >= 0xA1 for byte in odd)


def mixed(name: str, line: int) -> EncodingMixed:
    """What is raised where two encodings stand in one file."""
    return EncodingMixed(file=name, line=str(line), expected=SHOWN["gb18030"], found=SHOWN["utf-8"])


def explain(path: Path, expected: str) -> FileRefused:
    """Where the file first leaves its encoding, and what it may be in; it is never guessed for reading."""
    with opened(path) as file:
        if expected == "utf-16":
            return _explain_utf16(path.name, file.read())
        for number, line in enumerate(_lines(file), 1):
            try:
                if expected == "gb18030" and not line.isascii() and is_utf8_among(line.decode(expected)):
                    return mixed(path.name, number)
                line.decode(expected)
            except UnicodeDecodeError as error:
                if _is_cut_off(error, line):
                    return FileCutOff(file=path.name, line=str(number))
                if expected == "gb18030" and _is_chinese_utf8(line):
                    return mixed(path.name, number)
                return EncodingWrong(
                    file=path.name, line=str(number), expected=SHOWN[expected], looks_like=_looks_like(line, error)
                )
    return EncodingWrong(file=path.name, line="1", expected=SHOWN[expected], looks_like="?")


def _explain_utf16(name: str, data: bytes) -> FileRefused:
    """UTF-16 cannot be taken line by line: its line ends are pairs of bytes."""
    try:
        data.decode("utf-16")
    except UnicodeDecodeError as error:
        line = str(data[: error.start].decode("utf-16", errors="ignore").count("\n") + 1)
        if error.end >= len(data):
            return FileCutOff(file=name, line=line)
        return EncodingWrong(file=name, line=line, expected=SHOWN["utf-16"], looks_like="?")
    return EncodingWrong(file=name, line="1", expected=SHOWN["utf-16"], looks_like="?")


def opened(path: Path) -> gzip.GzipFile:
    """The file's bytes, unpacked where it is packed."""
    return gzip.open(path, "rb") if path.suffix == ".gz" else path.open("rb")  # type: ignore[return-value]


def _lines(file: gzip.GzipFile) -> Iterator[bytes]:
    yield from file


def _is_cut_off(error: UnicodeDecodeError, line: bytes) -> bool:
    """Whether the bytes end inside a character: a transfer that broke off."""
    return not line.endswith(b"\n") and error.end >= len(line) and error.reason in (
        "unexpected end of data", "incomplete multibyte sequence"
    )  # fmt: skip


def _looks_like(line: bytes, error: UnicodeDecodeError) -> str:
    if error.encoding != "utf-8":
        return "GBK + 0x80 (€)" if line[error.start] == 0x80 else "?"
    try:
        line.decode("gb18030")
    except UnicodeDecodeError:
        return "?"
    return SHOWN["gb18030"]


def _cells(line: str, separator: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=separator), []))
    except csv.Error:
        return 0
