"""The habits of the house: banned words, sizes that only shrink, both languages, stated roles, licences."""

from __future__ import annotations

import ast
import importlib.metadata
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "src" / "tideover"
CODE = [path for path in HOUSE.rglob("*.py") if "migrations" not in path.parts]

FUNCTION_LINES_MAX = 70
FILE_LINES_MAX = 500

BANNED = {
    r"\bdatetime\.now\(": "take `at` as an argument; doors and jobs ask core.clock",
    r"\btimezone\.now\(": "take `at` as an argument; doors and jobs ask core.clock",
    r"\bdate\.today\(": "take `day` as an argument",
    r"\bdebtor\b": "customer",
    r"\bdelinquent\b": "late",
    r"\.objects\.raw\(": "a file in sql/ with a header",
    r"from django\.dispatch": "call the operation; no signals between rooms",
    r"\bprint\(.*\b(full_name|phone)\b": "no personal data in output",
}
CLOCK = HOUSE / "core" / "clock" / "queries.py"


def test_no_file_is_a_helpers_drawer() -> None:
    names = {"utils", "util", "helpers", "helper", "manager", "managers", "misc", "common"}
    assert not [str(path) for path in HOUSE.rglob("*") if path.stem in names]


@pytest.mark.parametrize("pattern", BANNED)
def test_the_words_that_lost_do_not_come_back(pattern: str) -> None:
    found = []
    for path in CODE:
        if path == CLOCK or "tests" in path.parts:
            continue
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if re.search(pattern, line):
                found.append(f"{path.relative_to(ROOT)}:{number}")
    assert not found, f"{BANNED[pattern]}: {found}"


def test_money_is_never_a_float() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in CODE
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"float\(.*(amount|money|owed|balance)", line, re.IGNORECASE)
    ]
    assert not found


def test_functions_stay_short_and_files_own_one_idea() -> None:
    long_functions, long_files = [], []
    for path in CODE:
        text = path.read_text()
        lines = len(text.splitlines())
        if lines > FILE_LINES_MAX:
            long_files.append(f"{path.relative_to(ROOT)}: {lines}")
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES_MAX:
                    long_functions.append(f"{path.relative_to(ROOT)}:{node.name}: {length}")
    assert not long_functions and not long_files


def test_everything_public_says_what_it_means() -> None:
    silent = []
    for path in CODE:
        if path.name not in ("operations.py", "queries.py"):
            continue
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert not silent


def test_operations_take_keywords_and_never_a_default_time() -> None:
    wrong = []
    for path in HOUSE.rglob("operations.py"):
        for node in ast.parse(path.read_text()).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            arguments = node.args
            if arguments.args and path.parent.parent.name != "core":
                wrong.append(f"{path.relative_to(ROOT)}:{node.name} takes positional arguments")
            for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
                if argument.arg in ("at", "day", "as_of") and default is not None:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.name} has a default {argument.arg}")
    assert not wrong


def test_every_word_exists_in_both_languages_with_the_same_blanks() -> None:
    from tideover.core import words

    problems = []
    for code, entry in words.catalogue().items():
        texts = {
            language: " ".join(said.values()) if isinstance(said, dict) else said for language, said in entry.items()
        }
        blanks = {language: set(re.findall(r"\{(\w+)[^}]*\}", text)) for language, text in texts.items()}
        if blanks["en"] | {"count"} != blanks["zh-Hans"] | {"count"}:
            problems.append(f"{code}: {blanks['en']} against {blanks['zh-Hans']}")
        if not re.search(r"[\u4e00-\u9fff]|^[^A-Za-z]*(\{\w+\}|[A-Z]{2,})", texts["zh-Hans"]):
            problems.append(f"{code}: zh-Hans has no Chinese: {texts['zh-Hans']}")
        if re.search(r"[\u4e00-\u9fff][,;?!:]|[,;?!:][\u4e00-\u9fff]", texts["zh-Hans"]):
            problems.append(f"{code}: half-width punctuation between Chinese words: {texts['zh-Hans']}")
    assert not problems


def problem_codes() -> dict[str, str]:
    codes = {}
    for path in CODE:
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.ClassDef):
                continue
            for line in node.body:
                if (
                    isinstance(line, ast.Assign)
                    and isinstance(line.targets[0], ast.Name)
                    and line.targets[0].id == "code"
                    and isinstance(line.value, ast.Constant)
                ):
                    codes[str(line.value.value)] = f"{path.relative_to(ROOT)}:{node.name}"
    return codes


def test_every_problem_has_its_words() -> None:
    from tideover.core import words

    known = words.catalogue()
    assert not {code: place for code, place in problem_codes().items() if code not in known}


def test_templates_hold_no_words_of_their_own_and_no_code() -> None:
    problems = []
    for path in (HOUSE / "doors").rglob("*.html"):
        text = path.read_text()
        bare = re.sub(r"(?s)渡|Tideover|English|简体中文|\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}|<[^>]*>", " ", text)
        if said := re.findall(r"[\u4e00-\u9fff]+|[A-Za-z]{3,}(?:\s+[A-Za-z]+)+", bare):
            problems.append(f"{path.relative_to(ROOT)}: {said[:3]}")
        if re.search(r"hx-on|js:|javascript:|\son\w+=|style=|hx-trigger=\"[^\"]*\[", text):
            problems.append(f"{path.relative_to(ROOT)}: code or style in a template")
        if re.search(r"[¥$]\s*\{\{|\|safe\b|mark_safe", text):
            problems.append(f"{path.relative_to(ROOT)}: money by hand, or text taken as safe")
    assert not problems


def test_what_runs_is_free_of_gpl() -> None:
    lock = (ROOT / "pyproject.toml").read_text().split("[dependency-groups]")[0]
    names = re.findall(r'^    "([a-z0-9-]+)', lock, re.MULTILINE)
    seen: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        if name in seen:
            continue
        seen.add(name)
        try:
            data = importlib.metadata.metadata(name)
        except importlib.metadata.PackageNotFoundError:
            continue
        licence = " ".join([data.get("License-Expression", ""), *data.get_all("Classifier", [])])
        assert not re.search(r"(?<!L)GPL|Affero|General Public License v3 \(GPL", licence.replace("LGPL", "L")), name
        for need in importlib.metadata.requires(name) or []:
            if "extra ==" not in need:
                queue.append(re.split(r"[ ;<>=!\[(~]", need)[0])
