"""What a strategy file may not say: each is refused by name with its line, in both languages."""

from __future__ import annotations

from pathlib import Path

import pytest

from tideover.core import words
from tideover.core.policy import check, files, kinds
from tideover.core.policy.types import Fault, PolicyRefused
from tideover.decide.strategy import policy_schema

GOOD = """format: 1
id: strategies.early
title: {en: "Early", zh-Hans: "前期"}
effective_from: 2026-10-01
sources: ["test"]
population: product = 'cash-loan' and dpd >= 1
steps:
  - name: dispute
    when: dispute_open
    do: {hold: dispute}
    says: {en: "Disputed.", zh-Hans: "存在异议。"}
  - name: week
    when: dpd <= 7
    do: {contact: call, skill: early}
    says: {en: "{dpd} days late.", zh-Hans: "逾期{dpd}天。"}
otherwise:
  name: later
  do: {contact: call}
  says: {en: "Later.", zh-Hans: "后期。"}
"""


def faults_of(text: str | bytes) -> list[Fault]:
    content = text.encode() if isinstance(text, str) else text
    layer = files.Layer("lender", Path("/lender"))
    try:
        path = Path("/lender/strategies/early.yaml")
        files.read_content(policy_schema.KIND, content, path, layer, "strategies.early")
    except PolicyRefused as refused:
        return list(refused.faults)
    return []


def test_a_good_strategy_has_no_fault() -> None:
    assert faults_of(GOOD) == []


BAD = [
    ("an unknown column", "when: dpd <= 7", "when: days_late <= 7", "condition-unknown-column", 13),
    ("mixed units", "when: dpd <= 7", "when: dpd <= owed_amount", "condition-mixed-units", 13),
    ("SQL in a condition", "when: dpd <= 7", "when: dpd in (select 1)", "condition-subquery", 13),
    ("a second statement", "when: dpd <= 7", 'when: "dpd <= 7; drop table x"', "condition-second-statement", 13),
    ("a function", "when: dpd <= 7", "when: coalesce(dpd, 0) <= 7", "condition-function", 13),
    ("division", "when: dpd <= 7", "when: dpd / 2 <= 7", "condition-division", 13),
    ("deep nesting in a condition", "when: dpd <= 7", f"when: {'(' * 40}dpd <= 7{')' * 40}", "condition-too-deep", 13),
    (
        "a repeated key",
        "    do: {hold: dispute}",
        "    do: {hold: dispute}\n    when: hold_open",
        "yaml-repeated-key",
        11,
    ),
    ("an anchor", "when: dpd <= 7", "when: &week dpd <= 7", "yaml-anchor", 13),
    ("an alias", "when: dpd <= 7", "when: *week", "yaml-alias", 13),
    ("a tag", "when: dpd <= 7", "when: !!str dpd <= 7", "yaml-tag", 13),
    ("deep nesting", "sources: [", "sources: [" + "[" * 30, "yaml-too-deep", 5),
    ("an unknown key", "    do: {hold: dispute}", "    does: {hold: dispute}", "schema-unknown-key", 10),
    ("two actions at once", "{hold: dispute}", "{hold: dispute, contact: call}", "schema-one-key", 10),
    ("an unknown channel", "{contact: call, skill: early}", "{contact: fax}", "schema-unknown-value", 14),
    (
        "one language only",
        'says: {en: "Later.", zh-Hans: "后期。"}',
        'says: {en: "Later."}',
        "schema-language-missing",
        19,
    ),
    ("an unknown placeholder", '"{dpd} days late."', '"{name} is late."', "schema-placeholder", 15),
    ("a placeholder in one language", '"逾期{dpd}天。"', '"已逾期。"', "schema-placeholder-one-language", 15),
    (
        "a condition in braces",
        "otherwise:\n",
        "  - {name: x, when: dpd in (1}\notherwise:\n",
        "schema-condition-in-braces",
        16,
    ),
    ("an id that is not the path", "id: strategies.early", "id: strategies.late", "file-id", 2),
    ("no source", 'sources: ["test"]', "sources: []", "schema-list-length", 5),
    ("a date that is none", "effective_from: 2026-10-01", "effective_from: 2026-02-30", "schema-moment", 4),
    (
        "a step that can never be reached",
        "when: dpd <= 7",
        "when: dispute_open and dpd > 3",
        "strategy-unreachable",
        12,
    ),
    ("a step that holds for nobody", "when: dpd <= 7", "when: dpd < 1", "strategy-never-holds", 12),
    ("a step named twice", "name: week", "name: dispute", "strategy-step-twice", 12),
    ("no otherwise", GOOD[GOOD.index("otherwise:") :], "", "schema-missing-key", 1),
    ("a reserved name", "name: later", "name: uncovered", "strategy-name-reserved", 17),
    ("a skill for nothing", "{hold: dispute}", "{hold: dispute, skill: early}", "strategy-skill-for-nothing", 10),
    ("a second document", "otherwise:\n", "---\notherwise:\n", "yaml-second-document", 16),
    ("a tab where blanks belong", "  - name: week", "\t- name: week", "yaml-broken", 12),
]


@pytest.mark.parametrize(("what", "old", "new", "code", "line"), BAD, ids=[bad[0] for bad in BAD])
def test_it_is_refused_by_name_with_its_line(what: str, old: str, new: str, code: str, line: int) -> None:
    assert GOOD.count(old) == 1, what
    faults = faults_of(GOOD.replace(old, new))
    assert (f"policy.{code}", line) in [(fault.code, fault.line) for fault in faults]
    for fault in faults:
        for language in words.LANGUAGES:
            assert words.render(fault, language) != fault.code
            assert words.has(f"{fault.code}.remedy")


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = (
        GOOD.replace("dispute_open", "disputed").replace("dpd <= 7", "dpd <= owed_amount").replace("2026-10-01", "soon")
    )
    assert [fault.line for fault in faults_of(text)] == [4, 9, 13]


def test_bytes_that_are_no_text_are_refused() -> None:
    assert [f.code for f in faults_of(GOOD.encode() + b"# \xff")] == ["policy.yaml-not-utf8"]
    assert [f.code for f in faults_of(GOOD.replace("test", "te\x00st"))] == ["policy.yaml-broken"]
    assert [f.code for f in faults_of("just text")] == ["policy.yaml-not-a-mapping"]
    assert [f.code for f in faults_of("")] == ["policy.yaml-not-a-mapping"]


def written(folder: Path, name: str, text: str) -> None:
    path = folder / "strategies" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text.replace("strategies.early", f"strategies.{name}"))


def test_overlapping_populations_are_shown_with_both_lines_and_an_account_in_both(tmp_path: Path) -> None:
    written(tmp_path, "early", GOOD)
    written(tmp_path, "late", GOOD.replace("dpd >= 1", "dpd >= 30").replace("dpd <= 7", "dpd <= 60"))
    kinds.register(policy_schema.KIND)
    library = files.Library((files.Layer("product", tmp_path),))
    with pytest.raises(PolicyRefused) as refused:
        library.load("strategies")
    fault = refused.value.faults[0]
    assert (fault.code, fault.line, fault.fields["other_line"]) == ("policy.strategy-populations-overlap", 6, "6")
    assert "dpd: 30" in fault.fields["facts"]


def test_populations_side_by_side_do_not_overlap(tmp_path: Path) -> None:
    written(tmp_path, "early", GOOD.replace("dpd >= 1", "dpd >= 1 and dpd < 30"))
    written(tmp_path, "late", GOOD.replace("dpd >= 1", "dpd >= 30").replace("dpd <= 7", "dpd <= 60"))
    kinds.register(policy_schema.KIND)
    assert len(files.Library((files.Layer("product", tmp_path),)).load("strategies")) == 2


def examples_faults(tmp_path: Path, examples: str) -> list[Fault]:
    written(tmp_path, "early", GOOD)
    (tmp_path / "strategies" / "early.examples.yaml").write_text(examples)
    kinds.register(policy_schema.KIND)
    library = files.Library((files.Layer("product", tmp_path),))
    report = check.Report()
    read, _ = library.read_all(policy_schema.KIND)
    check.check_examples(policy_schema.KIND, library.layers[0], read[0], report)
    return report.faults


EXAMPLES = """examples:
  - case: {en: "From the first day", zh-Hans: "自首日起"}
    given: {product: cash-loan}
    vary: dpd
    expect:
      0: not-in-population
      1: week
      2: week
      6: week
      7: week
      8: later
  - case: {en: "Disputed", zh-Hans: "有异议"}
    given: {product: cash-loan, dispute_open: true}
    expect: dispute
"""


def test_examples_that_show_every_boundary_are_enough(tmp_path: Path) -> None:
    assert examples_faults(tmp_path, EXAMPLES) == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("      8: later\n", "      8: week\n", "example-differs"),
        ("      7: week\n", "", "strategy-boundary-missing"),
        ("    expect: dispute\n", "    expect: {1: dispute}\n", "strategy-example-vary"),
        ("dispute_open: true", "dispute_open: maybe", "schema-unknown-value"),
        ("dispute_open: true", "disputed: true", "schema-unknown-key"),
        ("dispute_open: true", "dispute_open: true, dpd: 2.5", "schema-not-this"),
        ("dispute_open: true", "dispute_open: true, dpd: 0", "example-differs"),
    ],
)
def test_an_example_that_differs_or_is_missing_is_named(tmp_path: Path, old: str, new: str, code: str) -> None:
    faults = examples_faults(tmp_path, EXAMPLES.replace(old, new))
    assert f"policy.{code}" in [fault.code for fault in faults]


def test_a_step_without_an_example_is_named(tmp_path: Path) -> None:
    faults = examples_faults(tmp_path, EXAMPLES[: EXAMPLES.index('  - case: {en: "Disputed"')])
    assert [fault.code for fault in faults] == ["policy.strategy-step-without-example"]
