"""How the gate decides: pure, over what it was shown. No Django, no clock, no I/O.

Every rule that binds must permit in every zone where the customer may be. What is unknown refuses. Of several
refusals the strictest is named: the one that lasts longest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from tideover.core.clock.rules import instant, local_date, local_time, start_of_day
from tideover.decide.gate.rulebook import BoundRule, Rulebook
from tideover.decide.gate.types import (
    CALL,
    CLIENT_STOPPED,
    COLLECTION,
    COMPLAINED_OF,
    NO_RULE,
    NOT_PLACED,
    NOTHING_OWED,
    OUTBOUND,
    AttemptSeen,
    Circumstances,
    Verdict,
)

PERMIT_LASTS = timedelta(minutes=2)
WEEK_DAYS = 7
# How far ahead the end of a refusal is looked for: a week's cap has moved on by then.
LOOK_AHEAD_DAYS = 8

_MOVES_WITH_TIME = frozenset(
    {
        "local_time",
        "calls_today",
        "calls_week",
        "unanswered_today_same_number",
        "calls_today_both_ways",
        "calls_week_both_ways",
        "dispute_hold",
        "hardship_hold",
        "complaint_hold",
        "payment_claimed_hold",
        "complained_of",
    }
)


@dataclass(frozen=True)
class Refusal:
    """One rule that does not permit, in one zone."""

    clause: str
    unknown: bool
    facts: Mapping[str, Any]
    moves: bool


def week_begins(day: date) -> date:
    """The first of the last seven local days."""
    return day - timedelta(days=WEEK_DAYS - 1)


def tally(attempts: Iterable[AttemptSeen], at: datetime, zone: str, contact_point_id: int | None) -> dict[str, int]:
    """The counts of calls as the zone's days have them; an unknown result is taken for unanswered.

    A cap counts the calls that we made. A rule that is to count also those that came in names ``…_both_ways``.
    """
    today = local_date(at, zone)
    day_start, week_start = start_of_day(today, zone), start_of_day(week_begins(today), zone)
    both_ways = [attempt for attempt in attempts if attempt.channel == CALL and attempt.at >= week_start]
    calls = [attempt for attempt in both_ways if attempt.direction == OUTBOUND]
    of_today = [attempt for attempt in calls if attempt.at >= day_start]
    unanswered = [
        attempt
        for attempt in of_today
        if attempt.result != "answered" and attempt.contact_point_id in (contact_point_id, None)
    ]
    return {
        "calls_today": len(of_today),
        "calls_week": len(calls),
        "unanswered_today_same_number": len(unanswered),
        "calls_today_both_ways": len([attempt for attempt in both_ways if attempt.at >= day_start]),
        "calls_week_both_ways": len(both_ways),
    }


def facts_at(seen: Circumstances, at: datetime, zone: str) -> dict[str, Any]:
    """The columns that a rule may use, for one instant in one zone."""
    held = {hold.reason for hold in seen.holds if hold.until_at > at}
    return {
        "channel": seen.channel,
        "purpose": seen.purpose,
        "local_time": local_time(at, zone),
        **tally(seen.attempts, at, zone, seen.contact_point_id),
        "dispute_hold": "dispute" in held,
        "hardship_hold": "hardship" in held,
        "complaint_hold": "complaint" in held,
        "payment_claimed_hold": "payment-claimed" in held,
        "complained_of": COMPLAINED_OF in held,
        "opted_out": seen.opted_out,
        "certified": seen.certified,
        "case_open": seen.case_open,
        "owed": seen.owed,
        "contact_point_usable": seen.contact_point_usable,
        "contact_point_is_customers": seen.contact_point_is_customers,
    }


def zones_of(book: Rulebook, seen: Circumstances) -> tuple[str, ...]:
    """Where the customer may be: their zone, else every zone of the country."""
    if seen.zone is not None:
        return (seen.zone,)
    place = book.place(seen.country)
    return place.zones if place else ()


def decide(book: Rulebook, seen: Circumstances, at: datetime) -> Verdict:
    """What the rules say at the instant."""
    zones = zones_of(book, seen)
    day = local_date(at, zones[0] if zones else "UTC")
    missing = book.coverage.refuses(seen.country, seen.channel, seen.purpose, day)
    if missing is not None or not zones or seen.country is None:
        return _closed(f"gate.{missing or 'country-unknown'}", zones)
    if not book.binding(seen.country, seen.channel, seen.purpose, day):
        return _closed(NO_RULE, zones)
    left_today, left_week = left(book, seen, at, zones)
    if seen.purpose == COLLECTION and seen.client_stopped is not False:
        return Verdict(False, CLIENT_STOPPED, None, left_today, left_week, zones[0], False, {})
    if seen.purpose == COLLECTION and seen.placed is not True:
        return Verdict(False, NOT_PLACED, None, left_today, left_week, zones[0], False, {})
    if seen.purpose == COLLECTION and seen.nothing_is_owed:
        return Verdict(False, NOTHING_OWED, None, left_today, left_week, zones[0], False, {})
    refusals = refusals_at(book, seen, at, zones)
    if not refusals:
        return Verdict(True, None, None, left_today, left_week, zones[0], False, {})
    strictest, until_at = _strictest(book, seen, at, zones, refusals)
    fields = {name: value for name, value in strictest.facts.items() if value is not None}
    return Verdict(False, strictest.clause, until_at, left_today, left_week, zones[0], strictest.unknown, fields)


def _closed(clause: str, zones: tuple[str, ...]) -> Verdict:
    zone = zones[0] if zones else None
    return Verdict(False, clause, None, 0, 0, zone, False, {})


def refusals_at(book: Rulebook, seen: Circumstances, at: datetime, zones: tuple[str, ...]) -> list[Refusal]:
    """Every rule that does not permit at the instant, in any of the zones."""
    found: dict[str, Refusal] = {}
    for zone in zones:
        facts = facts_at(seen, at, zone)
        for bound in _binding(book, seen, at, zone):
            permits = bound.rule.permit_when.evaluate({**facts, **bound.values})
            if permits is not True and bound.id not in found:
                moves = bool(bound.rule.permit_when.names & _MOVES_WITH_TIME)
                found[bound.id] = Refusal(bound.id, permits is None, {**facts, **bound.values}, moves)
    return list(found.values())


def _binding(book: Rulebook, seen: Circumstances, at: datetime, zone: str) -> tuple[BoundRule, ...]:
    assert seen.country is not None
    return book.binding(seen.country, seen.channel, seen.purpose, local_date(at, zone))


def left(book: Rulebook, seen: Circumstances, at: datetime, zones: tuple[str, ...]) -> tuple[int, int]:
    """How many attempts the caps still leave today and this week; no more today than the week leaves."""
    windows: dict[str, list[int]] = {"day": [], "week": []}
    for zone in zones:
        facts = facts_at(seen, at, zone)
        for bound in _binding(book, seen, at, zone):
            if (cap := bound.rule.cap) is not None:
                windows[cap.window].append(max(0, bound.values[cap.at_most] - facts[cap.counted]))
    week = min(windows["week"], default=0)
    day = min(windows["day"], default=week)
    return (min(day, week) if windows["week"] else day), week


def _strictest(
    book: Rulebook, seen: Circumstances, at: datetime, zones: tuple[str, ...], refusals: list[Refusal]
) -> tuple[Refusal, datetime | None]:
    """The refusal that lasts longest, and the first instant at which nothing refuses any more."""
    lasting = [refusal for refusal in refusals if not refusal.moves]
    if lasting:
        return lasting[0], None
    waiting = {refusal.clause: refusal for refusal in refusals}
    last = refusals[0]
    for moment in moments_after(book, seen, at, zones):
        still = {refusal.clause for refusal in refusals_at(book, seen, moment, zones)}
        for clause in [clause for clause in waiting if clause not in still]:
            last = waiting.pop(clause)
        if not still:
            return last, moment
    return (next(iter(waiting.values())) if waiting else last), None


def moments_after(book: Rulebook, seen: Circumstances, at: datetime, zones: tuple[str, ...]) -> list[datetime]:
    """The instants at which an answer may change by itself: midnights, the rules' times, the ends of holds."""
    found = {hold.until_at for hold in seen.holds}
    for zone in zones:
        times = {time(0)}
        for bound in _binding(book, seen, at, zone):
            times |= {value for value in bound.values.values() if isinstance(value, time)}
        days = {local_date(at, zone) + timedelta(days=ahead) for ahead in range(LOOK_AHEAD_DAYS + 1)}
        for hold in seen.holds:
            days |= {local_date(hold.until_at, zone) + timedelta(days=ahead) for ahead in (0, 1)}
        found |= {instant(day, each, zone) for day in days for each in times}
    return sorted(moment for moment in found if moment > at)


def open_times(book: Rulebook, country: str, zone: str | None, channel: str, purpose: str, day: date) -> bool:
    """Whether the rules that look at the hour permit at some instant of the local day, in every zone."""
    place = book.coverage.places[country]
    zones = (zone,) if zone is not None else place.zones
    first = zones[0]
    tried = {time(0)}
    for bound in book.binding(country, channel, purpose, day):
        tried |= {value for value in bound.values.values() if isinstance(value, time)}
    moments = {instant(day, each, each_zone) for each in tried for each_zone in zones}
    inside = [moment for moment in sorted(moments) if local_date(moment, first) == day]
    return any(all(_hour_permits(book, country, z, channel, purpose, moment) for z in zones) for moment in inside)


def _hour_permits(book: Rulebook, country: str, zone: str, channel: str, purpose: str, at: datetime) -> bool:
    facts = {"local_time": local_time(at, zone)}
    return all(
        bound.rule.permit_when.evaluate({**facts, **bound.values}) is True
        for bound in book.binding(country, channel, purpose, local_date(at, zone))
        if "local_time" in bound.rule.permit_when.names
    )
