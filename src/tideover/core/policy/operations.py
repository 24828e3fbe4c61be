"""Activating what ships. Every later change will need two people and an operation that does not exist yet."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tideover.core.access.types import Actor
from tideover.core.journal import operations as journal
from tideover.core.policy import kinds, queries
from tideover.core.policy.models import PolicyActivation


@transaction.atomic()
def activate_shipped(*, at: datetime, actor: Actor) -> int:
    """Activate every policy file of a new home; in a running one, refuse by name what has changed since.

    Returns how many files were activated: 0 where that was done before. Raises PolicyRefused, PolicyChanged.
    """
    library = queries.library()
    found = [file for kind in kinds.list_kinds() if kind.is_activated for file in library.load(kind.name)]
    if PolicyActivation.objects.exists():
        queries.refuse_changed(found)
        return 0
    fact_id = journal.append(
        chain=journal.INSTALLATION,
        kind="policies-activated",
        room="policy",
        at=at,
        actor=actor,
        body={"versions": {file.id: file.version for file in found}},
    )
    PolicyActivation.objects.bulk_create(
        PolicyActivation(
            kind=file.kind,
            policy_id=file.id,
            version=file.version,
            layer=file.layer,
            text=file.text,
            activated_at=at,
            fact_id=fact_id,
        )
        for file in found
    )
    return len(found)
