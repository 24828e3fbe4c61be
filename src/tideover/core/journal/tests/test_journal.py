"""The journal holds: what was written stays, in order, and a change to it is refused or found."""

from datetime import UTC, date, datetime

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from tideover.core.access.types import SYSTEM
from tideover.core.journal import operations as journal
from tideover.core.journal import queries, rules
from tideover.core.journal.models import Fact

AT = datetime(2026, 10, 1, 1, 2, 3, 4, tzinfo=UTC)


def write(chain: int, **body: object) -> int:
    with transaction.atomic():
        return journal.append(chain=chain, kind="tried", room="journal", at=AT, actor=SYSTEM, body=body)


@pytest.mark.django_db
def test_facts_of_one_customer_follow_from_each_other_and_the_journal_verifies() -> None:
    write(7, amount="12.50", day=date(2026, 10, 1))
    write(7, amount="1.00")
    write(8, text="渡")
    assert [fact.sequence for fact in queries.list_facts(7)] == [2, 1]
    found = queries.verify()
    assert found.holds and found.facts == 3 and found.chains == 2


@pytest.mark.django_db
def test_a_set_step_writes_the_same_links_as_single_facts() -> None:
    write(7, step="before")
    with transaction.atomic():
        written = journal.append_set(
            kind="moved",
            room="journal",
            at=AT,
            actor=SYSTEM,
            select="SELECT n, jsonb_build_object('n', n, 'stage', %(stage)s::text) FROM generate_series(6, 9) AS n",
            params={"stage": "次日跟进"},
        )
    write(7, step="after")
    assert written == 4
    assert queries.verify().holds
    assert [fact.body.get("stage") for fact in queries.list_facts(7)] == [None, "次日跟进", None]


@pytest.mark.django_db
def test_a_customer_named_twice_in_one_set_is_refused() -> None:
    with pytest.raises((RuntimeError, IntegrityError)), transaction.atomic():
        journal.append_set(
            kind="moved", room="journal", at=AT, actor=SYSTEM, select="SELECT 1, '{}'::jsonb UNION ALL SELECT 1, '{}'"
        )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE journal_fact SET body = '{}'",
        "DELETE FROM journal_fact",
        "TRUNCATE journal_fact",
        "ALTER TABLE journal_fact DISABLE TRIGGER ALL",
        "DROP TABLE journal_fact",
        "UPDATE journal_daily_root SET root = ''",
        "DELETE FROM journal_chain_head",
        "SET session_replication_role = replica",
        "CREATE TABLE journal_shadow (id int)",
        "CREATE TEMP TABLE journal_fact (id int)",
    ],
)
def test_the_application_can_neither_change_nor_shadow_the_journal(change: str) -> None:
    write(7, amount="12.50")
    with pytest.raises((ProgrammingError, IntegrityError)) as refused, transaction.atomic():
        connection.cursor().execute(change)
    assert isinstance(refused.value.__cause__, psycopg.errors.InsufficientPrivilege | psycopg.errors.RestrictViolation)
    assert queries.verify().holds


@pytest.mark.django_db
def test_a_chain_cut_short_or_an_altered_text_is_found() -> None:
    write(7, amount="12.50")
    second = write(7, amount="2.00")
    fact = Fact.objects.get(pk=second)
    altered = rules.link(
        previous=fact.previous,
        chain_id=7,
        sequence=2,
        kind=fact.kind,
        room=fact.room,
        at=fact.at,
        recorded_at=fact.recorded_at,
        actor=fact.actor,
        body=fact.body.replace("2.00", "0.20"),
    )
    assert altered != fact.digest
    with connection.cursor() as cursor:
        cursor.execute("UPDATE journal_chain_head SET length = 1, digest = %s WHERE chain_id = 7", [fact.previous])
    found = queries.verify()
    assert not found.holds and found.broken[0].chain == 7


@pytest.mark.django_db
def test_a_fact_is_never_written_outside_its_operations_transaction(settings) -> None:
    assert rules.content_digest(b"a" * 16, "note") != rules.content_digest(b"b" * 16, "note")
    with transaction.atomic():
        first = journal.make_daily_root(day=date(2026, 10, 1), at=AT)
        write(9, later="yes")
        assert journal.make_daily_root(day=date(2026, 10, 1), at=AT) == first
