"""The night: of what was proposed, what cannot be lawful that day is struck out, in one set. No database.

The rules are those of the gate, rendered for DuckDB. The night knows less than the gate: no collector yet, no number
yet, and no hour. A rule that needs them is left to the gate; a rule about the hour asks whether the day has any
hour that permits. What is unknown is struck out. The gate stays the authority: it asks again at each dial.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from tideover.core.policy.types import PolicyFile
from tideover.core.sql import duck
from tideover.decide.gate import rulebook, rules
from tideover.decide.gate.rulebook import BoundRule, Rulebook
from tideover.decide.gate.types import (
    CHANNEL_NOT_COVERED,
    CHANNELS,
    COLLECTION,
    COUNTRY_NOT_COVERED,
    COUNTRY_UNKNOWN,
    NO_RULE,
    PURPOSE_NOT_COVERED,
)

# A rule's column, and where account_day has it. What stands nowhere here is known to the gate alone.
NIGHT_COLUMNS = {
    "channel": "proposal.channel",
    "purpose": f"'{COLLECTION}'",
    "calls_today": "account.calls_person_today_count",
    "calls_week": "account.calls_person_7d_count",
    "dispute_hold": "account.dispute_open",
    "hardship_hold": "account.hardship_open",
    "complaint_hold": "account.complaint_open",
    "payment_claimed_hold": "account.payment_claimed_open",
    "opted_out": "CASE WHEN proposal.channel = 'call' THEN account.opted_out_call END",
    "case_open": "account.has_case",
    "owed": "account.owed_amount",
    "contact_point_usable": "CASE WHEN proposal.channel = 'call' THEN account.contact_point_callable END",
    "contact_point_is_customers": "CASE WHEN proposal.channel = 'call' THEN account.contact_point_callable END",
}
_LASTING_FIRST = (
    "dispute_hold",
    "hardship_hold",
    "complaint_hold",
    "payment_claimed_hold",
    "calls_week",
    "calls_today",
    "local_time",
)


def strike_out(
    *, day: date, account_day: Path, proposals: Path, output: Path, rules: Sequence[PolicyFile]
) -> dict[str, Any]:
    """Write the accounts whose proposed contact cannot be lawful on the day: account_id, struck, clause.

    Only what is struck out stands in the file, by account. Reads the two files and the rules, nothing else, and
    gives the same bytes for the same inputs. Returns counts: proposed contacts, struck, and struck by clause.
    """
    book = rulebook.make(rules)
    with duck.connect() as night:
        duck.view_parquet(night, "account_day", account_day)
        duck.view_parquet(night, "proposals", proposals)
        night.execute(f"CREATE TABLE seen AS {_seen(book)}")
        night.execute(f"CREATE TABLE verdict AS SELECT account_id, {_clause(book, day)} AS clause FROM seen")
        struck = duck.write_parquet(
            night,
            "SELECT account_id, TRUE AS struck, clause FROM verdict WHERE clause IS NOT NULL ORDER BY account_id",
            output,
        )
        proposed = night.execute("SELECT count(*) FROM seen").fetchone()
        by_clause = night.execute(
            "SELECT clause, count(*) FROM verdict WHERE clause IS NOT NULL GROUP BY clause ORDER BY clause"
        ).fetchall()
    return {"contacts": proposed[0] if proposed else 0, "struck": struck, "by_clause": dict(by_clause)}


def _seen(book: Rulebook) -> str:
    """The proposed contacts with the columns that rules name; an older snapshot may lack those that no rule names."""
    named = {name for file in book.files for name in file.data.permit_when.names} | {"channel"}
    columns = ", ".join(f'{where} AS "{name}"' for name, where in NIGHT_COLUMNS.items() if name in named)
    return (
        f"SELECT proposal.account_id, account.country, account.zone, {columns}"
        " FROM proposals AS proposal LEFT JOIN account_day AS account ON account.account_id = proposal.account_id"
        " WHERE proposal.action = 'contact'"
    )


def _clause(book: Rulebook, day: date) -> str:
    """The clause that strikes a contact out, or NULL: coverage first, then each place's rules."""
    places = sorted(book.coverage.places)
    known = ", ".join(duck.literal(country) for country in places)
    whens = [
        f"WHEN country IS NULL THEN {duck.literal(COUNTRY_UNKNOWN)}",
        f"WHEN country NOT IN ({known}) THEN {duck.literal(COUNTRY_NOT_COVERED)}",
        f"WHEN channel IS NULL THEN {duck.literal(CHANNEL_NOT_COVERED)}",
    ]
    for country in places:
        for channel in CHANNELS:
            here = f"country = {duck.literal(country)} AND channel = {duck.literal(channel)}"
            whens.append(f"WHEN {here} THEN {_clause_here(book, country, channel, day)}")
    return f"CASE {' '.join(whens)} ELSE {duck.literal(CHANNEL_NOT_COVERED)} END"


def _clause_here(book: Rulebook, country: str, channel: str, day: date) -> str:
    missing = book.coverage.refuses(country, channel, COLLECTION, day)
    if missing is not None:
        code = PURPOSE_NOT_COVERED if missing == "purpose-not-covered" else CHANNEL_NOT_COVERED
        return duck.literal(code)
    binding = book.binding(country, channel, COLLECTION, day)
    if not binding:
        return duck.literal(NO_RULE)
    whens = [
        f"WHEN ({permits}) IS NOT TRUE THEN {duck.literal(bound.id)}"
        for bound in sorted(binding, key=_lasting)
        if (permits := _permits(book, bound, country, channel, day)) is not None
    ]
    return f"CASE {' '.join(whens)} END" if whens else "NULL"


def _permits(book: Rulebook, bound: BoundRule, country: str, channel: str, day: date) -> str | None:
    """The rule for the whole day in DuckDB; None when only the gate can know."""
    names = bound.rule.permit_when.names - bound.values.keys()
    if "local_time" in names:
        known, unknown = (
            rules.open_times(book, country, zone, channel, COLLECTION, day)
            for zone in (book.coverage.places[country].zones[0], None)
        )
        return f"CASE WHEN zone IS NULL THEN {str(unknown).upper()} ELSE {str(known).upper()} END"
    if not names <= NIGHT_COLUMNS.keys():
        return None
    return bound.rule.permit_when.to_duckdb(bound.values)


def _lasting(bound: BoundRule) -> tuple[int, str]:
    """Rules in the order in which they are named: what does not pass by itself, then what lasts longest."""
    places = [place for place, name in enumerate(_LASTING_FIRST) if name in bound.rule.permit_when.names]
    return (1 + places[0] if places else 0, bound.id)
