"""Appending to the journal. Every operation of every room does it, inside its own transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from tideover.core.clock.queries import real_now
from tideover.core.journal import rules
from tideover.core.journal.models import ChainHead, DailyRoot
from tideover.core.journal.queries import compute_root
from tideover.core.journal.types import Acts

INSTALLATION = 0

_LINK = """
WITH head AS MATERIALIZED (
    SELECT locked.chain_id, locked.length, locked.digest
    FROM journal_chain_head AS locked WHERE locked.chain_id = %(chain_id)s
    FOR UPDATE
), link AS MATERIALIZED (
    SELECT head.chain_id, head.length + 1 AS sequence, head.digest AS previous,
        encode(sha256(convert_to(concat_ws(E'\\n', head.digest, head.chain_id::text, (head.length + 1)::text,
            %(kind)s, %(room)s, %(at_text)s, %(recorded_at_text)s, %(actor)s, %(body)s), 'UTF8')), 'hex') AS digest
    FROM head
), moved AS (
    UPDATE journal_chain_head SET length = link.sequence, digest = link.digest
    FROM link WHERE journal_chain_head.chain_id = link.chain_id
)
INSERT INTO journal_fact (chain_id, sequence, kind, room, at, recorded_at, actor, body, previous, digest)
SELECT link.chain_id, link.sequence, %(kind)s, %(room)s, %(at)s, %(recorded_at)s, %(actor)s, %(body)s, link.previous,
    link.digest
FROM link
RETURNING id
"""

_HEADS = """
INSERT INTO journal_chain_head (chain_id, length, digest)
SELECT given.chain_id, 0, %(genesis)s FROM ({select}) AS given (chain_id, body)
ORDER BY given.chain_id
ON CONFLICT (chain_id) DO NOTHING
"""

_LINKS = """
WITH given AS MATERIALIZED (
    SELECT rows.chain_id, rows.body::text AS body FROM ({select}) AS rows (chain_id, body)
), head AS MATERIALIZED (
    SELECT given.chain_id, given.body, locked.length, locked.digest
    FROM given JOIN journal_chain_head AS locked ON locked.chain_id = given.chain_id
    ORDER BY given.chain_id
    FOR UPDATE OF locked
), link AS MATERIALIZED (
    SELECT head.chain_id, head.length + 1 AS sequence, head.digest AS previous, head.body,
        encode(sha256(convert_to(concat_ws(E'\\n', head.digest, head.chain_id::text, (head.length + 1)::text,
            %(kind)s, %(room)s, %(at_text)s, %(recorded_at_text)s, %(actor)s, head.body), 'UTF8')), 'hex') AS digest
    FROM head
), filed AS (
    INSERT INTO journal_fact
        (chain_id, sequence, kind, room, at, recorded_at, actor, body, previous, digest)
    SELECT chain_id, sequence, %(kind)s, %(room)s, %(at)s, %(recorded_at)s, %(actor)s, body, previous, digest
    FROM link ORDER BY chain_id
    RETURNING 1
), moved AS (
    UPDATE journal_chain_head SET length = link.sequence, digest = link.digest
    FROM link WHERE journal_chain_head.chain_id = link.chain_id
    RETURNING 1
)
SELECT (SELECT count(*) FROM given), (SELECT count(*) FROM filed), (SELECT count(*) FROM moved)
"""


def append(*, chain: int, kind: str, room: str, at: datetime, actor: Acts, body: Mapping[str, Any]) -> int:
    """Write one fact on a customer's chain (or INSTALLATION) and return its id.

    Must be inside a transaction: the fact stands or falls with what it tells of.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("a fact is written inside its operation's transaction")
    link = {**_told(kind, room, at, actor), "chain_id": chain, "body": rules.canonical(body)}
    with connection.cursor() as cursor:
        cursor.execute(_LINK, link)
        if (row := cursor.fetchone()) is None:
            begins = ChainHead(chain_id=chain, length=0, digest=rules.GENESIS)
            ChainHead.objects.bulk_create([begins], ignore_conflicts=True)
            cursor.execute(_LINK, link)
            row = cursor.fetchone()
        return row[0]


def _told(kind: str, room: str, at: datetime, actor: Acts) -> dict[str, Any]:
    """What every fact of one telling has in common, also as the chain's digest takes it."""
    recorded_at = real_now()
    return {
        "kind": kind,
        "room": room,
        "at": at,
        "at_text": rules.stamp(at),
        "recorded_at": recorded_at,
        "recorded_at_text": rules.stamp(recorded_at),
        "actor": actor.name,
    }


def append_set(
    *,
    kind: str,
    room: str,
    at: datetime,
    actor: Acts,
    select: str,
    params: Mapping[str, Any] | Sequence[Any] | None = None,
) -> int:
    """Write one fact for each row that ``select`` gives: (customer id, body as json or jsonb). Set-based.

    Every customer may occur once. ``params`` is a mapping; its names may not clash with this operation's own
    (kind, room, at, actor, recorded_at, genesis and the two texts). Must be inside a transaction.
    Returns the number of facts written.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("facts are written inside their operation's transaction")
    own = {**_told(kind, room, at, actor), "genesis": rules.GENESIS}
    given = dict(params or {})
    if clash := own.keys() & given.keys():
        raise ValueError(f"append_set names these parameters itself: {sorted(clash)}")
    with connection.cursor() as cursor:
        cursor.execute(_HEADS.format(select=select), {**given, **own})
        cursor.execute(_LINKS.format(select=select), {**given, **own})
        wanted, filed, moved = cursor.fetchone()
    if not wanted == filed == moved:
        raise RuntimeError(f"append_set: {wanted} rows given, {filed} facts, {moved} chains: a chain twice?")
    return filed


def make_daily_root(*, day: date, at: datetime) -> str:
    """Keep one digest over all chains for the day, once, and return it. Must be inside a transaction."""
    kept = DailyRoot.objects.filter(day=day).first()
    if kept is None:
        chains, facts, root = compute_root()
        made = DailyRoot(day=day, chains=chains, facts=facts, root=root, made_at=at)
        DailyRoot.objects.bulk_create([made], ignore_conflicts=True)
        kept = DailyRoot.objects.get(day=day)  # another client's day may have ended in the same moment
    return kept.root
