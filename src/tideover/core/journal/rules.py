"""How a link of the chain is made. The SQL in ``operations.py`` makes the same bytes; a test holds them equal."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

GENESIS = "0" * 64


def canonical(body: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spare space; dates, decimals and digests as text."""

    def text(value: object) -> str:
        if isinstance(value, datetime):
            return stamp(value)
        if isinstance(value, date | Decimal):
            return str(value)
        raise TypeError(f"a fact holds ids, codes, dates, amounts and digests, not {type(value).__name__}")

    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=text)


def stamp(at: datetime) -> str:
    """An instant as the chain writes it: UTC, microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def link(
    *,
    previous: str,
    chain_id: int,
    sequence: int,
    kind: str,
    room: str,
    at: datetime,
    recorded_at: datetime,
    actor: str,
    body: str,
) -> str:
    """The digest of a fact: SHA-256 over the previous digest and every stored column, a line each."""
    lines = (previous, str(chain_id), str(sequence), kind, room, stamp(at), stamp(recorded_at), actor, body)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def new_salt() -> bytes:
    """A fresh salt; it lives beside the erasable text and dies with it."""
    return secrets.token_bytes(16)


def content_digest(salt: bytes, text: str) -> str:
    """What a fact holds of a text: without the salt it says nothing."""
    return hashlib.sha256(salt + text.encode()).hexdigest()
