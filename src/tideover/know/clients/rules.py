"""Which terms a client may have."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import date, time

from tideover.core.access.types import Actor
from tideover.core.clock import rules as clock
from tideover.know.clients.types import (
    BALANCE_AUTHORITIES,
    EVERY_DAY,
    MANDATES,
    WEEKDAYS,
    WORKING_DAY,
    ClientTermsWrong,
    ExpectedFile,
)

_CODE = re.compile(r"[a-z0-9][a-z0-9-]{1,39}")
_COUNTRY = re.compile(r"[A-Z]{2}")
LAG_DAYS_MAX = 30


def check_terms(
    *, code: str, country: str, zone: str, mandate: str, balance_authority: str, payment_file_lag_days: int
) -> None:
    """Raise ClientTermsWrong, or UnknownZone, for the first term that cannot be."""
    for field, value, holds, wanted in (
        ("code", code, _CODE.fullmatch(code), "a-z, 0-9, -"),
        ("country", country, _COUNTRY.fullmatch(country), "ISO 3166: CN"),
        ("mandate", mandate, mandate in MANDATES, ", ".join(MANDATES)),
        (
            "balance_authority",
            balance_authority,
            balance_authority in BALANCE_AUTHORITIES,
            ", ".join(BALANCE_AUTHORITIES),
        ),
        (
            "payment_file_lag_days",
            str(payment_file_lag_days),
            0 <= payment_file_lag_days <= LAG_DAYS_MAX,
            f"0–{LAG_DAYS_MAX}",
        ),
    ):
        if not holds:
            raise ClientTermsWrong(field=field, value=value, wanted=wanted)
    clock.zone_of(zone)


def has_a_hand(actor: Actor, user_id: int | None, name: str) -> bool:
    """Whether the actor is who did it: the same user, or where nobody signed in, the same name."""
    if actor.user_id is not None or user_id is not None:
        return actor.user_id == user_id
    return actor.name == name


def late_kinds(
    expects: Sequence[ExpectedFile], day: date, local_time: time, *, is_working_day: bool, came: Collection[str]
) -> tuple[str, ...]:
    """The kinds of file that should have come on the day by a local time and did not, in the profile's order."""
    return tuple(
        expected.kind
        for expected in expects
        if _comes_on(expected, day, is_working_day) and expected.by <= local_time and expected.kind not in came
    )


def _comes_on(expected: ExpectedFile, day: date, is_working_day: bool) -> bool:
    if expected.from_date is not None and day < expected.from_date:
        return False
    if expected.days == WORKING_DAY:
        return is_working_day
    return expected.days in (EVERY_DAY, WEEKDAYS[day.weekday()])
