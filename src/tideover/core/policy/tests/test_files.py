"""Policy files: found in layers, read strictly, told in both languages; calendars as the smallest kind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tideover.core import words
from tideover.core.policy import calendars, check, files, kinds, queries, yaml_nodes
from tideover.core.policy.schema import Choice, Date, Integer, ListOf, Number, Reading, Record, Type
from tideover.core.policy.types import PolicyRefused, PolicyUnknown
from tideover.core.policy.yaml_nodes import Scalar

GOOD = """format: 1
id: calendars.%s
title: {en: "Days", zh-Hans: "工作日"}
effective_from: 2026-01-01
reviewed_on: 2026-01-01
sources: ["test"]
known_from: 2026-01-01
known_until: 2026-12-31
rest_days: [2026-10-01]
swapped_workdays: [2026-10-10]
"""
EXAMPLES = """examples:
  - case: {en: "Rest", zh-Hans: "休息"}
    day: 2026-10-01
    expect: rest
"""


@pytest.fixture(autouse=True)
def _kinds() -> None:
    kinds.register(calendars.KIND)


def write(folder: Path, name: str, text: str = GOOD, examples: str | None = EXAMPLES) -> Path:
    path = folder / "calendars" / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text % name if "%s" in text else text)
    if examples is not None:
        path.with_suffix(".examples.yaml").write_text(examples)
    return path


def library(*folders: Path) -> files.Library:
    names = ("product", "lender")
    return files.Library(tuple(files.Layer(name, folder) for name, folder in zip(names, folders, strict=False)))


def found(shelf: files.Library, day: date = date(2026, 6, 1)) -> list[tuple[str, str, int]]:
    report = check.run(shelf, day)
    mine = [fault for fault in report.faults + report.remarks if "calendar" in fault.path or "stray" in fault.path]
    return [(fault.code.removeprefix("policy."), Path(fault.path).name, fault.line) for fault in mine]


def test_a_lender_s_file_replaces_the_product_s_of_the_same_id(tmp_path: Path) -> None:
    write(tmp_path / "product", "cn")
    write(tmp_path / "product", "de")
    ours = write(tmp_path / "lender", "cn", GOOD.replace("[2026-10-01]", "[2026-10-01, 2026-10-02]"))
    shelf = library(tmp_path / "product", tmp_path / "lender")
    assert [(file.id, file.layer) for file in shelf.load("calendars")] == [
        ("calendars.cn", "lender"),
        ("calendars.de", "product"),
    ]
    assert shelf.get("calendars", "calendars.cn").path == ours
    assert not shelf.get("calendars", "calendars.cn").data.calendar.is_working_day(date(2026, 10, 2))
    with pytest.raises(PolicyUnknown):
        shelf.get("calendars", "calendars.fr")


def test_the_version_is_the_digest_of_the_bytes(tmp_path: Path) -> None:
    write(tmp_path, "cn")
    before = library(tmp_path).get("calendars", "calendars.cn").version
    write(tmp_path, "cn", GOOD + "# a word\n")
    assert library(tmp_path).get("calendars", "calendars.cn").version != before


def test_what_is_wrong_around_a_file_is_told(tmp_path: Path) -> None:
    write(tmp_path, "none", examples=None)
    write(tmp_path, "empty", examples="examples: []\n")
    write(tmp_path, "differs", examples=EXAMPLES.replace("expect: rest", "expect: working"))
    write(tmp_path, "both", GOOD.replace("[2026-10-10]", "[2026-10-01]"))
    (tmp_path / "stray.yaml").write_text("a: b\n")
    assert found(library(tmp_path)) == [
        ("calendar-both", "both.yaml", 1),
        ("example-differs", "differs.examples.yaml", 2),
        ("examples-empty", "empty.examples.yaml", 1),
        ("examples-missing", "none.yaml", 1),
        ("file-stray", "stray.yaml", 1),
    ]


def test_a_review_is_old_after_a_year_and_a_day(tmp_path: Path) -> None:
    write(tmp_path, "cn")
    assert found(library(tmp_path), date(2027, 1, 1)) == []
    assert found(library(tmp_path), date(2027, 1, 2)) == [("review-old", "cn.yaml", 5)]


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"a: 1\nb: &x 2\n", "yaml-anchor", 2),
        (b"a: &x 1\nb: *x\n", "yaml-alias", 2),
        (b"a: !!int 1\n", "yaml-tag", 1),
        (b"a: !x {b: c}\n", "yaml-tag", 1),
        (b"a: 1\nb:\n  c: 1\n  c: 2\n", "yaml-repeated-key", 4),
        (b"a: {b: 1, b: 2}\n", "yaml-repeated-key", 1),
        (b"? [a]\n: 1\n", "yaml-key-not-text", 1),
        (b"a: " + b"[" * 40 + b"]" * 40 + b"\n", "yaml-too-deep", 1),
        (b"a: " + b"[" * 5000, "yaml-too-deep", 1),
        (b"%YAML 1.1\n---\na: 1\n", "yaml-directive", 1),
        (b"a: 1\n---\nb: 1\n", "yaml-second-document", 2),
        (b"a: 1\n\xffb: 2\n", "yaml-not-utf8", 2),
        (b"a: 1\nb: \x00\n", "yaml-broken", 2),
        (b"a: 'open\n", "yaml-broken", 2),
        (b"- a\n", "yaml-not-a-mapping", 1),
        (b"", "yaml-not-a-mapping", 1),
        (b"a: " + b"x" * 1_000_001, "yaml-too-large", 1),
    ],
)
def test_yaml_that_could_mislead_is_refused_with_its_line(content: bytes, code: str, line: int) -> None:
    with pytest.raises(PolicyRefused) as refused:
        yaml_nodes.read(content, "policy/x.yaml")
    assert (f"policy.{code}", line) in [(fault.code, fault.line) for fault in refused.value.faults]


def test_scalars_stay_text() -> None:
    root = yaml_nodes.read(b"a: 22:30\nb: no\nc: 0012\nd: 1.10\ne: 2026-10-01\nf: null\n", "x")
    assert [node.text for node in root.entries.values() if isinstance(node, yaml_nodes.Scalar)] == [
        "22:30", "no", "0012", "1.10", "2026-10-01", "null",
    ]  # fmt: skip


def test_the_shipped_policies_are_right() -> None:
    for kind in kinds.list_kinds():
        assert queries.library().load(kind.name)


@pytest.mark.parametrize(
    ("kind", "written", "english", "chinese"),
    [
        (Integer(), "some", "wanted: a whole number.", "此处应为：整数。"),
        (Integer(), "2.5", "wanted: a whole number.", "此处应为：整数。"),
        (Integer(), "1" * 16, f"{'1' * 16} has too many digits.", f"{'1' * 16}的位数过多。"),
        (Integer(), "9" * 5_000, f"{'9' * 39}… has too many digits.", f"{'9' * 39}…的位数过多。"),
        (Number(), "much", "wanted: a number.", "此处应为：数字。"),
        (Number(), "0.123456789", "0.123456789 has too many digits.", "0.123456789的位数过多。"),
        (Date(), "2026-02-30", "This is not a valid date: 2026-02-30.", "2026-02-30不是有效的日期。"),
        (Date(), "", "wanted: date.", "此处应为：日期。"),
        (ListOf(Date()), "2026-10-01", "wanted: a list.", "此处应为：列表。"),
        (Choice(("work", "rest")), "", "wanted: work | rest.", "此处应为：work | rest。"),
        (Record(dict, {"day": Date()}), "monday", "are wanted: day.", "此处应为带值的键：day。"),
    ],
)
def test_what_is_wanted_instead_is_told_in_the_reader_s_language(
    kind: Type, written: str, english: str, chinese: str
) -> None:
    reading = Reading("a.yaml")
    kind.read(Scalar(written, 3, False, False), reading)
    (fault,) = reading.faults
    assert words.render(fault, "en").endswith(english) and words.render(fault, "zh-Hans") == chinese
    for language in words.LANGUAGES:
        assert "{" not in words.render(f"{fault.code}.remedy", language, **fault.fields)
