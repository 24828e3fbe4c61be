"""Reading the journal: a customer's facts, and whether the chains still hold."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime

from django.db.models import Max

from tideover.core.journal import rules
from tideover.core.journal.models import ChainHead, DailyRoot, Fact
from tideover.core.journal.types import BrokenLink, FactRead, Verification


def _read(fact: Fact) -> FactRead:
    return FactRead(
        id=fact.pk,
        chain=fact.chain_id,
        sequence=fact.sequence,
        kind=fact.kind,
        room=fact.room,
        at=fact.at,
        actor=fact.actor,
        body=json.loads(fact.body),
        digest=fact.digest,
    )


def list_facts(
    chain: int, *, since: datetime | None = None, kinds: tuple[str, ...] = (), latest: int | None = None
) -> list[FactRead]:
    """A chain's facts, newest first; ``since`` an instant, of some kinds, at most ``latest`` of them."""
    found = Fact.objects.filter(chain_id=chain).order_by("-sequence")
    if since is not None:
        found = found.filter(at__gte=since)
    if kinds:
        found = found.filter(kind__in=kinds)
    return [_read(fact) for fact in (found if latest is None else found[:latest])]


def get_fact(fact_id: int) -> FactRead:
    """One fact by its id; raises Fact.DoesNotExist."""
    return _read(Fact.objects.get(pk=fact_id))


def list_roots() -> list[DailyRoot]:
    """The daily roots, newest first."""
    return list(DailyRoot.objects.order_by("-day"))


def _links() -> Iterator[Fact]:
    return Fact.objects.order_by("chain_id", "sequence").iterator(chunk_size=5000)


def verify() -> Verification:
    """Recompute every link of every chain, and compare each chain's end with its head.

    Reads the whole journal; the first break of a chain is reported, the rest of that chain follows from it.
    """
    heads = {head.chain_id: head for head in ChainHead.objects.all()}
    broken: list[BrokenLink] = []
    ends: dict[int, tuple[int, str]] = {}
    facts = 0
    spoilt: set[int] = set()
    for fact in _links():
        facts += 1
        sequence, previous = ends.get(fact.chain_id, (0, rules.GENESIS))
        digest = rules.link(
            previous=previous,
            chain_id=fact.chain_id,
            sequence=sequence + 1,
            kind=fact.kind,
            room=fact.room,
            at=fact.at,
            recorded_at=fact.recorded_at,
            actor=fact.actor,
            body=fact.body,
        )
        if fact.chain_id not in spoilt and (
            digest != fact.digest or previous != fact.previous or fact.sequence != sequence + 1
        ):
            broken.append(BrokenLink(chain=fact.chain_id, sequence=fact.sequence))
            spoilt.add(fact.chain_id)
        ends[fact.chain_id] = (fact.sequence, fact.digest)
    for chain, head in heads.items():
        if chain not in spoilt and ends.get(chain, (0, rules.GENESIS)) != (head.length, head.digest):
            broken.append(BrokenLink(chain=chain, sequence=head.length))
    return Verification(facts=facts, chains=len(heads), broken=tuple(broken))


def compute_root() -> tuple[int, int, str]:
    """Chains, facts, and the daily root: SHA-256 over every chain's id, length and digest, in order."""
    whole = hashlib.sha256()
    chains = facts = 0
    for head in ChainHead.objects.order_by("chain_id").iterator(chunk_size=5000):
        whole.update(f"{head.chain_id} {head.length} {head.digest}\n".encode())
        chains += 1
        facts += head.length
    return chains, facts, whole.hexdigest()


def latest_fact_id() -> int:
    """The id of the newest fact; 0 when there is none."""
    return Fact.objects.aggregate(newest=Max("pk"))["newest"] or 0
