"""The borders of the house: thresholds, foreign keys and migrations, what SQL may read, no way round."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import grimp
import pytest

HOUSE = Path(__file__).parents[2] / "src" / "tideover"
WINGS = ("know", "decide", "act")
# In import order, from above to below: a room may read what stands after it.
ORDER = (
    *("intake", "outcomes", "payments", "arrangements", "contact"),
    *("receipts", "assignment", "gate", "strategy", "snapshot"),
    *("cases", "staff", "filing", "ledger", "portfolio", "customers", "clients"),
)
THRESHOLD = {"types", "queries", "operations"}
# A policy kind's schema is handed to core/policy by the door; the snapshot's columns are its schema.
HANDED_TO_DOORS = {"policy_schema"}
SCHEMA_OF_SNAPSHOT = ("decide.snapshot", "columns")
CORE_APPS = {"access", "journal", "clock", "jobs", "policy", "sql"}


def rooms() -> list[Path]:
    return sorted(
        folder
        for wing in WINGS
        for folder in (HOUSE / wing).iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
    )


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return ".".join(parts[1:3]) if len(parts) > 2 and parts[1] in WINGS else None


def test_rooms_are_entered_by_their_thresholds_only() -> None:
    graph = grimp.build_graph("tideover", cache_dir=None)
    trespasses = []
    for module in graph.modules:
        room = room_of(module)
        if room is None or ".tests" in module:
            continue
        for importer in graph.find_modules_that_directly_import(module):
            inner = module.split(".")[3] if module.count(".") > 2 else None
            if room_of(importer) == room or ".tests" in importer or ".migrations" in importer:
                continue
            if inner in THRESHOLD or (room, inner) == SCHEMA_OF_SNAPSHOT:
                continue
            if inner in HANDED_TO_DOORS and importer.startswith("tideover.doors."):
                continue
            if (
                room == "act.contact"
                and inner == "lines"
                and importer.startswith(("tideover.rehearsal", "tideover.doors"))
            ):
                continue
            trespasses.append(f"{importer} -> {module}")
    assert not trespasses, "import types, queries or operations instead: " + "; ".join(sorted(trespasses))


@pytest.mark.parametrize("folder", rooms(), ids=lambda folder: folder.name)
def test_every_room_says_on_one_page_what_it_owns(folder: Path) -> None:
    page = folder / "README.md"
    assert page.exists(), f"{folder.name} has no README.md"
    assert len(page.read_text().splitlines()) <= 60


def test_migrations_depend_on_rooms_below_only() -> None:
    wrong = []
    for migration in HOUSE.rglob("migrations/0*.py"):
        app = migration.parent.parent.name
        for other in re.findall(r"\(\s*[\"'](\w+)[\"'],\s*[\"']\d{4}_\w+[\"']\s*\)", migration.read_text()):
            if other == app or other not in ORDER or app not in ORDER:
                continue
            if ORDER.index(other) < ORDER.index(app):
                wrong.append(f"{app} depends on {other}, which stands above it")
    assert not wrong


def test_nobody_reaches_a_room_by_django_s_registry() -> None:
    found = [
        str(path)
        for path in HOUSE.rglob("*.py")
        if "apps.get_model" in path.read_text() and "migrations" not in path.parts
    ]
    assert not found


def test_sql_files_tell_in_their_header_what_they_read_and_read_only_what_they_may() -> None:
    from tideover.core.sql import files

    problems = []
    for path in sorted(HOUSE.rglob("sql/*.sql")):
        wing, room = path.relative_to(HOUSE).parts[:2]
        sql = files.read(path)
        named = set(sql.reads) | set(sql.writes)
        if unsaid := files.tables_of(sql) - named:
            problems.append(f"{path.name}: header does not name {sorted(unsaid)}")
        for table in named:
            if not may_read(wing, room, table):
                problems.append(f"{path.name}: {room} may not read {table}")
    assert not problems


def may_read(wing: str, room: str, table: str) -> bool:
    """Own tables and those of rooms below; public views for the snapshot; whatever a query is given by name."""
    if table.startswith("public_"):
        return room == "snapshot" or wing in ("learn", "doors")
    owner = next((name for name in (*ORDER, *CORE_APPS) if table.startswith(name + "_")), None)
    if owner is None:
        return True
    if owner in CORE_APPS or owner == room:
        return True
    return room in ORDER and ORDER.index(owner) > ORDER.index(room)


def string_constants(path: Path) -> list[str]:
    tree = ast.parse(path.read_text())
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def test_no_room_writes_another_rooms_tables_from_python() -> None:
    tables = re.compile(r"\b(?:INTO|UPDATE|FROM|JOIN)\s+((?:" + "|".join(ORDER) + r")_\w+)", re.IGNORECASE)
    wrong = []
    for folder in rooms():
        for path in folder.glob("*.py"):
            for text in string_constants(path):
                for table in tables.findall(text):
                    if not may_read(folder.parent.name, folder.name, table):
                        wrong.append(f"{path.relative_to(HOUSE)}: {table}")
    assert not wrong
