"""The demo: two lenders' portfolios that one simulated team has worked for sixty days, handed over on the next morning.

``prepare`` is quick, so that the sign-in page stands at once; ``replay`` goes on in the worker. Everything is done by
the very operations that pages and commands call, and all of it may be cut off and run again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path

from django.conf import settings
from django.db import transaction

from tideover import day as days
from tideover.core.access.types import SYSTEM
from tideover.core.clock import operations as clock_operations
from tideover.core.clock import queries as clock_queries
from tideover.core.clock import rules as clock
from tideover.rehearsal import calendar, cast, hands, queries, replaying
from tideover.rehearsal.hands import Hands
from tideover.rehearsal.models import Demo
from tideover.rehearsal.types import ClockGoesForward, DemoRead, Stage, StillReplaying

FIRST_DATE = date(2026, 10, 1)
SEED = 7
ACCOUNTS = 600
LOANS = 1200
DAYS = calendar.count_days()
COLLECTORS = 8
WORK_ITEMS_PER_DAY_MAX = 12
CASES_MAX = 300
WORTH_HELP_DAYS = 3
HANDED_OVER = time(9)
WAITS_AT = time(23, 59)

Progress = Callable[[DemoRead], None]


def folder() -> Path:
    """Where the lender's files of the demo lie."""
    return Path(settings.STORE) / "demo-files"


def prepare(
    *,
    accounts: int = ACCOUNTS,
    loans: int = LOANS,
    days: int = DAYS,
    collectors: int = COLLECTORS,
    work_items_per_day_max: int = WORK_ITEMS_PER_DAY_MAX,
    seed: int = SEED,
) -> DemoRead:
    """Make this installation a demo: its clock, its clients and its staff. Calling again changes nothing."""
    demo = queries.find_demo()
    if demo is not None:
        return demo
    begins_at = clock.instant(FIRST_DATE, time(6), cast.ZONE)
    set_clock(FIRST_DATE, time(6))
    cast.hire(
        collectors=collectors,
        work_items_per_day_max=work_items_per_day_max,
        cases_max=CASES_MAX,
        at=begins_at,
        with_loans=loans > 0,
    )
    cast.keep_rota(calendar.list_rota(), from_date=FIRST_DATE, at=begins_at)
    Demo.objects.get_or_create(
        pk=1,
        defaults={
            "client_code": cast.CLIENT,
            "seed": seed,
            "accounts_count": accounts,
            "loans_count": loans,
            "first_date": FIRST_DATE,
            "days_total": days,
            "stage": Stage.IMPORTING,
            "begun_at": clock_queries.real_now(),
        },
    )
    return queries.get_demo()


def set_clock(day: date, at_time: time) -> None:
    """Set the demo's clock; it ticks on, and waits at 23:59 for the next day."""
    clock_operations.set_instant(
        at=clock.instant(day, at_time, cast.ZONE), waits_until_at=clock.instant(day, WAITS_AT, cast.ZONE)
    )


def replay(
    *,
    progress: Progress | None = None,
    stop_after: date | None = None,
    is_stopping: Callable[[], bool] = lambda: False,
    processes: int = 1,
) -> DemoRead:
    """Import the portfolio and play the days that are not yet played; then hand the desk over.

    Cut off at any point and called again, it goes on where it was; told that it ``is_stopping`` it ends with the day.
    With more ``processes`` the collectors' lists are shared among them, each on its own connection.
    """
    demo = queries.get_demo()
    tell = progress or (lambda _demo: None)
    tell(demo)
    if demo.stage is Stage.IMPORTING:
        replaying.import_portfolio(demo, folder())
        demo = _move(stage=Stage.REPLAYING)
        tell(demo)
    with (
        hands.without_waiting(),
        hands.employed(processes if demo.days_total - demo.days_done >= WORTH_HELP_DAYS else 1) as helping,
    ):
        while demo.stage is Stage.REPLAYING and demo.days_done < demo.days_total:
            if is_stopping() or (stop_after is not None and demo.open_date > stop_after):
                return demo
            _play_day(demo, helping)
            demo = _move(days_done=demo.days_done + 1)
            tell(demo)
    if demo.stage is Stage.REPLAYING:
        demo = _hand_over(demo)
        tell(demo)
    return demo


def _play_day(demo: DemoRead, helping: Hands | None) -> None:
    set_clock(demo.open_date, time(8))
    _catch_up(demo)
    replaying.open_day(demo, folder(), helping)
    set_clock(demo.open_date, time(9))
    replaying.work_day(demo, folder(), helping)


def _catch_up(demo: DemoRead) -> None:
    """Decide, one after the other, the days that a client's stop kept from being decided, if it is over."""
    at = clock_queries.now()
    for client in replaying.list_clients(demo):
        while (day := days.next_day(client.id, at)) is not None and day < demo.open_date:
            if not days.run_day(client_id=client.id, day=day, at=at, actor=SYSTEM).is_filed:
                break


def _hand_over(demo: DemoRead) -> DemoRead:
    """Decide the open day and leave its work to the people."""
    set_clock(demo.open_date, time(8))
    _catch_up(demo)
    replaying.open_day(demo, folder(), None)
    set_clock(demo.open_date, HANDED_OVER)
    return _move(stage=Stage.READY, ready_at=clock_queries.real_now())


def _move(**changed: object) -> DemoRead:
    Demo.objects.filter(pk=1).update(**changed)
    return queries.get_demo()


def require_ready() -> DemoRead:
    """The demo when its desk has been handed over; raises NotADemo or StillReplaying."""
    demo = queries.get_demo()
    if not demo.is_ready:
        raise StillReplaying(done=demo.days_done, total=demo.days_total)
    return demo


def begin_next_day() -> DemoRead:
    """Let the worker move the demo to its next morning; the pages are read-only until it has."""
    demo = require_ready()
    demo = _move(stage=Stage.REPLAYING, days_total=demo.days_done + 1)
    continue_replay()
    return demo


def next_day(*, progress: Progress | None = None) -> DemoRead:
    """The same at once: the simulated colleagues finish their day, and the next one is decided.

    Whoever has dialled by hand keeps their list: what they left undone stays undone.
    """
    demo = require_ready()
    _move(stage=Stage.REPLAYING, days_total=demo.days_done + 1)
    return replay(progress=progress)


def keep_by_hand(user_id: int) -> None:
    """Whoever dials themselves keeps their list: the simulated team no longer works it."""
    with transaction.atomic():
        row = Demo.objects.select_for_update().filter(pk=1).first()
        if row is not None and user_id not in row.by_hand_user_ids:
            row.by_hand_user_ids = [*row.by_hand_user_ids, user_id]
            row.save(update_fields=["by_hand_user_ids"])


def continue_replay() -> bool:
    """Let the worker go on with a replay that is not finished; says whether there is one."""
    from procrastinate.exceptions import AlreadyEnqueued

    from tideover.rehearsal import jobs

    demo = queries.find_demo()
    if demo is None or demo.is_ready:
        return False
    with contextlib.suppress(AlreadyEnqueued):
        jobs.replay_demo.defer()
    return True


def set_time(at_time: time) -> datetime:
    """Move the clock on to a time of the open day, and return the instant; never back."""
    demo = require_ready()
    at, now = clock.instant(demo.open_date, at_time, cast.ZONE), clock_queries.now()
    if at < now:
        raise ClockGoesForward(asked=f"{at_time:%H:%M}", now=f"{clock.local_time(now, cast.ZONE):%H:%M}")
    set_clock(demo.open_date, at_time)
    return at
