"""SQL lives in files with a header that tells the truth: what it gives, its grain, what it reads and writes.

    -- what: the rows, in a sentence
    -- grain: one row per case
    -- reads: cases_case, ledger_owed_at
    -- writes: assignment_workitem

``-- engine: duckdb`` marks a file for the night's sets. A text in quotes such as '<given>' stands for a relation or
an expression that the caller puts in, so that the file can be parsed as it stands.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import sqlglot
from sqlglot import exp

_HEADER = re.compile(r"^--\s*(what|grain|reads|writes|engine|owner|severity):\s*(.*)$")
_PARAMETER = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class SqlFile:
    """One SQL file: its header, and the text as it is run."""

    path: Path
    header: Mapping[str, str]
    text: str

    @property
    def reads(self) -> tuple[str, ...]:
        """The tables, views and set functions that it reads, as its header says."""
        return _listed(self.header.get("reads", ""))

    @property
    def writes(self) -> tuple[str, ...]:
        """The tables that it writes, as its header says."""
        return _listed(self.header.get("writes", ""))

    @property
    def engine(self) -> str:
        """``postgres``, or ``duckdb`` for the night's sets."""
        return self.header.get("engine", "postgres")


def read(path: Path) -> SqlFile:
    """Read one file. Comments are no part of what is run: a ``%`` in one would be taken for a parameter."""
    header: dict[str, str] = {}
    lines: list[str] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if found := _HEADER.match(line):
            header[found.group(1)] = found.group(2).strip()
        if not line.lstrip().startswith("--"):
            lines.append(line)
    return SqlFile(path, header, "\n".join(lines).strip())


@lru_cache(maxsize=512)
def load(package: str, name: str) -> SqlFile:
    """The file ``sql/<name>.sql`` of a room, named by the room's package."""
    module = importlib.import_module(package)
    if module.__file__ is None:
        raise LookupError(f"{package} is not a room")
    return read(Path(module.__file__).parent / "sql" / f"{name}.sql")


def tables_of(sql: SqlFile) -> set[str]:
    """Every table and set function that the text names, without those it makes itself."""
    text = _PARAMETER.sub("NULL", sql.text).replace("%%", "%")
    found: set[str] = set()
    for statement in sqlglot.parse(text, read=sql.engine):
        if statement is None:
            continue
        own = {each.alias_or_name for each in statement.find_all(exp.CTE)}
        for table in statement.find_all(exp.Table):
            if isinstance(table.this, exp.Anonymous):
                found.add(str(table.this.this).lower())
            elif table.name and table.name not in own:
                found.add(table.name)
    return found - _GENERATED


_GENERATED = {"jsonb_to_recordset", "unnest", "generate_series", "jsonb_array_elements", "jsonb_each_text"}


def _listed(text: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in text.split(",") if name.strip())
