"""Public reads: whether this installation is a demo, and how far its rehearsal has come."""

from __future__ import annotations

from tideover.rehearsal.models import Demo
from tideover.rehearsal.types import DemoRead, NotADemo, Stage


def find_demo() -> DemoRead | None:
    """The demo, or None in an installation that is none."""
    row = Demo.objects.filter(pk=1).first()
    if row is None:
        return None
    return DemoRead(
        client_code=row.client_code,
        seed=row.seed,
        accounts_count=row.accounts_count,
        loans_count=row.loans_count,
        first_date=row.first_date,
        days_total=row.days_total,
        days_done=row.days_done,
        stage=Stage(row.stage),
        by_hand_user_ids=frozenset(row.by_hand_user_ids),
    )


def get_demo() -> DemoRead:
    """The demo; raises NotADemo."""
    demo = find_demo()
    if demo is None:
        raise NotADemo
    return demo
