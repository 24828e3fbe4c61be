"""What the house promises by its layout: stated roles, erasable personal data, an append-only journal, kept jobs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from django.apps import apps
from django.db import connection
from django.urls import URLPattern, URLResolver, get_resolver

HOUSE = Path(__file__).parents[2] / "src" / "tideover"

# Columns in which somebody's name, number or own words may stand.
PERSONAL = {"full_name", "value", "raw", "text", "note", "display_name", "phone", "email", "address"}
# Ours by those names, and nobody's: kept texts of policies, names of teams and the like.
NOT_PERSONAL = {"policy_policyactivation.text"}
APPEND_ONLY = ("journal_fact", "journal_daily_root", "ledger_posting", "ledger_statedbalance")


def patterns(resolver: URLResolver | URLPattern, prefix: str = "") -> list[tuple[str, URLPattern]]:
    if isinstance(resolver, URLPattern):
        return [(prefix + str(resolver.pattern), resolver)]
    found = []
    for inner in resolver.url_patterns:
        found += patterns(inner, prefix + str(resolver.pattern))
    return found


def test_every_view_states_who_may_open_it() -> None:
    silent = [address for address, view in patterns(get_resolver()) if not getattr(view.callback, "roles", None)]
    assert not silent


def retention() -> dict[str, dict]:
    found = {}
    for path in HOUSE.rglob("retention.yaml"):
        for rule in yaml.safe_load(path.read_text())["tables"]:
            found[rule["table"]] = rule
    return found


def personal_columns() -> set[str]:
    return {
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        if model.__module__.startswith("tideover.")
        for field in model._meta.concrete_fields
        if field.column in PERSONAL
    } - NOT_PERSONAL


def test_every_column_with_personal_data_has_a_rule_that_ends_it() -> None:
    rules = retention()
    unruled = {
        column
        for column in personal_columns()
        if column.split(".")[1] not in rules.get(column.split(".")[0], {}).get("holds", [])
    }
    assert not unruled


def test_every_retention_rule_names_a_table_that_exists_and_its_source() -> None:
    tables = {model._meta.db_table for model in apps.get_models()}
    for table, rule in retention().items():
        assert table in tables
        assert rule["holds"] and rule["customer"] and rule["keep"] and rule["source"]


@pytest.mark.django_db
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_what_is_append_only_can_be_neither_changed_nor_removed_by_the_application(table: str) -> None:
    with connection.cursor() as cursor:
        for right in ("UPDATE", "DELETE", "TRUNCATE"):
            cursor.execute("SELECT has_table_privilege(current_user, %s, %s)", [table, right])
            assert cursor.fetchone() == (False,), f"{right} on {table}"


@pytest.mark.django_db
def test_the_models_are_what_the_migrations_made() -> None:
    from django.core.management import call_command

    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_every_job_is_worked_by_the_one_worker_and_says_what_it_is_for() -> None:
    from procrastinate.contrib.django import app

    app.perform_import_paths()
    ours = {name: task for name, task in app.tasks.items() if not name.startswith(("builtin", "procrastinate"))}
    assert ours
    for name, task in ours.items():
        assert task.queue == "default", f"{name}: the worker works one queue"
        assert (task.func.__doc__ or "").strip(), f"{name} does not say what it is for"


def test_job_arguments_are_ids_and_dates_only() -> None:
    for path in HOUSE.rglob("*.py"):
        for call in re.findall(r"\.defer(?:_async)?\(([^)]*)\)", path.read_text()):
            assert not re.search(r"name|phone|note|text", call), f"{path}: {call}"


def test_the_readme_s_commands_exist() -> None:
    root = HOUSE.parents[1]
    readme = (root / "README.md").read_text()
    assert len(readme.splitlines()) <= 80
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"^ {4}make ([a-z-]+)", readme, re.MULTILINE)) <= targets
    for page in re.findall(r"\]\(([^)#]+)\)", readme):
        assert (root / page).exists(), page


def test_the_readme_s_tideover_commands_are_understood() -> None:
    from tideover.doors.commands.main import COMMANDS, build_parser

    root = HOUSE.parents[1]
    parser = build_parser(COMMANDS)
    lines = re.findall(r"^ {4}(tideover .*)$", (root / "README.md").read_text(), re.MULTILINE)
    assert lines
    for line in lines:
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)][1:]
        parser.parse_args(["1" if word == "CASE" else word for word in words])


def test_people_keep_the_slow_hash_that_tests_do_without() -> None:
    from tideover import settings

    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]
