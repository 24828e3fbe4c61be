"""What a rule of a jurisdiction may hold, and what coverage means. Handed to core/policy by a door; no Django."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import available_timezones

from tideover.core.policy import schema
from tideover.core.policy.conditions import Column, Condition
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.schema import Reading
from tideover.core.policy.types import PolicyFile
from tideover.core.policy.yaml_nodes import Mapping as MappingNode
from tideover.core.policy.yaml_nodes import Node
from tideover.decide.gate.types import CHANNELS, PURPOSES

STATUSES = ("read", "read-second-hand", "unchecked", "own-choice")

COLUMNS = (
    Column("channel", "text", {"en": "Channel", "zh-Hans": "渠道"}, CHANNELS),
    Column("purpose", "text", {"en": "Purpose", "zh-Hans": "目的"}, PURPOSES),
    Column("local_time", "time", {"en": "Time where the customer lives", "zh-Hans": "客户当地时间"}),
    Column("calls_today", "count", {"en": "Calls today to the person", "zh-Hans": "当日对本人的拨打次数"}),
    Column("calls_week", "count", {"en": "Calls in seven days to the person", "zh-Hans": "七日内对本人的拨打次数"}),
    Column(
        "unanswered_today_same_number",
        "count",
        {"en": "Unanswered calls today to this number", "zh-Hans": "当日对该号码的未接次数"},
    ),
    Column(
        "calls_today_both_ways",
        "count",
        {"en": "Calls today with the person, those that came in too", "zh-Hans": "当日与本人通话次数（含来电）"},
    ),
    Column(
        "calls_week_both_ways",
        "count",
        {
            "en": "Calls in seven days with the person, those that came in too",
            "zh-Hans": "七日内与本人通话次数（含来电）",
        },
    ),
    Column("dispute_hold", "boolean", {"en": "Held for a dispute", "zh-Hans": "因异议暂停"}),
    Column("hardship_hold", "boolean", {"en": "Held for hardship", "zh-Hans": "因困难暂停"}),
    Column("complaint_hold", "boolean", {"en": "Held for a complaint", "zh-Hans": "因投诉暂停"}),
    Column(
        "payment_claimed_hold", "boolean", {"en": "Held since it is said to be paid", "zh-Hans": "客户称已还款，暂停"}
    ),
    Column("complained_of", "boolean", {"en": "The user is complained of", "zh-Hans": "人员被投诉"}),
    Column("opted_out", "boolean", {"en": "Opted out of the channel", "zh-Hans": "已退订该渠道"}),
    Column("certified", "boolean", {"en": "The user is certified for the stage", "zh-Hans": "人员持有该阶段证书"}),
    Column("case_open", "boolean", {"en": "The case is open", "zh-Hans": "案件未结"}),
    Column("owed", "money", {"en": "Owed now", "zh-Hans": "当前应还"}),
    Column("contact_point_usable", "boolean", {"en": "The number may be used", "zh-Hans": "号码可用"}),
    Column("contact_point_is_customers", "boolean", {"en": "The number is the customer's", "zh-Hans": "号码属于本人"}),
)
BY_NAME = {column.name: column for column in COLUMNS}
CAP_COLUMNS = {
    "calls_today": "day",
    "calls_week": "week",
    "unanswered_today_same_number": "day",
    "calls_today_both_ways": "day",
    "calls_week_both_ways": "week",
}


@dataclass(frozen=True)
class AppliesTo:
    """The contacts that a rule binds."""

    channel: tuple[str, ...]
    purpose: tuple[str, ...]


@dataclass(frozen=True)
class Dated:
    """A rule's values from a date on, with where they come from and how well that was checked."""

    values: Mapping[str, Any]
    source: str
    status: str


@dataclass(frozen=True)
class Cap:
    """A ceiling of counted attempts in a window."""

    counted: str
    at_most: str

    @property
    def window(self) -> str:
        """``day`` or ``week``."""
        return CAP_COLUMNS[self.counted]


@dataclass(frozen=True)
class GateRule:
    """One rule: it permits, or refuses; it never permits what another refuses."""

    applies_to: AppliesTo
    permit_when: Condition
    dated: Mapping[date, Dated]
    cap: Cap | None
    says: Mapping[str, str]

    def binds(self, channel: str, purpose: str) -> bool:
        """Whether the rule has a say in such a contact."""
        return channel in self.applies_to.channel and purpose in self.applies_to.purpose

    def in_force(self, day: date) -> Dated | None:
        """The values in force on the day; None before the first of them."""
        begun = [start for start in self.dated if start <= day]
        return self.dated[max(begun)] if begun else None


@dataclass(frozen=True)
class _Raw:
    """A node kept as it is, to be read when the file's own names are known."""

    def read(self, node: Node, reading: Reading) -> Node:
        """The node itself."""
        return node


@dataclass(frozen=True)
class _Draft:
    """A rule as written, before its own names are known."""

    applies_to: AppliesTo
    permit_when: schema.Rule
    values: dict[date, MappingNode]
    says: Node
    units: dict[str, str]
    cap: Cap | None
    line: int


RULE_RECORD = schema.Record(
    _Draft,
    {
        "applies_to": schema.Record(
            AppliesTo,
            {
                "channel": schema.ListOf(schema.Choice(CHANNELS), least=1),
                "purpose": schema.ListOf(schema.Choice(PURPOSES), least=1),
            },
        ),
        "permit_when": schema.ConditionText(),
        "units": schema.Optional(schema.MapOf(schema.Name(), schema.Choice(("time", "count", "days"))), {}),
        "values": schema.MapOf(schema.Date(), _Raw(), least=1),
        "cap": schema.Optional(
            schema.Record(Cap, {"counted": schema.Choice(tuple(CAP_COLUMNS)), "at_most": schema.Name()})
        ),
        "says": _Raw(),
    },
)


def finish_rule(draft: _Draft, reading: Reading) -> Any:
    """Type the dated values by their units, parse the condition, and check that the words can be filled."""
    before = len(reading.faults)
    own = tuple(Column(name, unit) for name, unit in draft.units.items())
    fields: dict[str, schema.Type] = {column.name: schema.FactOf(column) for column in own}
    fields |= {"source": schema.Text(400), "status": schema.Choice(STATUSES)}
    dated: dict[date, Dated] = {}
    for start, node in draft.values.items():
        record = schema.Record(dict, fields).read(node, reading)
        if record is not schema.INVALID:
            values = {column.name: record[column.name] for column in own}
            dated[start] = Dated(values, record["source"], record["status"])
    condition = reading.condition(draft.permit_when.text, draft.permit_when.line, COLUMNS, own)
    # The words may show where and how much, and the rule's own values; never who.
    shown = ({"local_time", *CAP_COLUMNS} & names_of(condition)) | {column.name for column in own}
    says = schema.Bilingual(placeholders=sorted(shown)).read(draft.says, reading)
    if draft.cap and condition is not schema.INVALID:
        wanted = f"{draft.cap.counted} < {draft.cap.at_most}"
        if condition.text != wanted:
            reading.fault("gate-cap-differs", draft.permit_when.line, found=condition.text, wanted=wanted)
    if condition is not schema.INVALID and "local_time" in condition.names:
        mixed = sorted(condition.names & BY_NAME.keys() - {"local_time"})
        if mixed:
            reading.fault("gate-time-mixed", draft.permit_when.line, found=", ".join(mixed))
    if len(reading.faults) > before:
        return schema.INVALID
    return GateRule(draft.applies_to, condition, dated, draft.cap, says)


def names_of(condition: Any) -> set[str]:
    """The names that a condition uses; none when it could not be read."""
    return set(condition.names) if isinstance(condition, Condition) else set()


@dataclass(frozen=True)
class RuleExample:
    """What a rule says of some facts on a date."""

    on: date
    facts: Mapping[str, Any]
    expect: str


RULE_EXAMPLE = schema.Record(
    RuleExample,
    {
        "on": schema.Date(),
        "facts": schema.FactsOf(COLUMNS, lambda: {"channel": "call", "purpose": "collection"}),
        "expect": schema.Choice(("permits", "refuses", "does-not-bind")),
    },
)


def run_rule_example(file: PolicyFile, example: RuleExample) -> tuple[str, dict[str, Any]] | None:
    """None when the rule says what the example expects."""
    rule: GateRule = file.data
    dated = rule.in_force(example.on)
    if dated is None or not rule.binds(example.facts["channel"], example.facts["purpose"]):
        found = "does-not-bind"
    else:
        permits = rule.permit_when.evaluate({**example.facts, **dated.values})
        found = "permits" if permits is True else "refuses"
    if found == example.expect:
        return None
    return "gate-example-differs", {"expected": example.expect, "found": found}


def check_rule_examples(file: PolicyFile, examples: Sequence[RuleExample], reading: Reading) -> None:
    """Both answers, and for each value in force its boundary: just below, at, and for caps just above."""
    rule: GateRule = file.data
    for answer in ("permits", "refuses"):
        if not any(example.expect == answer for example in examples):
            reading.fault("gate-example-answer-missing", 1, answer=answer)
    for start, dated in rule.dated.items():
        tried = [example.facts for example in examples if rule.in_force(example.on) is dated]
        for name, value in dated.values.items():
            if isinstance(value, time):
                second_before = (datetime.combine(start, value) - timedelta(seconds=1)).time()
                wanted = {("local_time", value), ("local_time", second_before)}
            elif rule.cap and rule.cap.at_most == name:
                wanted = {(rule.cap.counted, value + step) for step in (-1, 0, 1)}
            else:
                continue
            for column, boundary in sorted(wanted):
                if not any(facts[column] == boundary for facts in tried):
                    reading.fault("gate-example-boundary-missing", 1, column=column, value=str(boundary))


JURISDICTIONS = PolicyKind(
    name="jurisdictions",
    pattern="jurisdictions/*/*.yaml",
    record=RULE_RECORD,
    finish=finish_rule,
    example=RULE_EXAMPLE,
    run_example=run_rule_example,
    check_examples=check_rule_examples,
)


@dataclass(frozen=True)
class ChannelCovered:
    """A channel whose law we have loaded for a place, for these purposes, checked on a date by somebody."""

    purposes: tuple[str, ...]
    open_from: date
    instruments: tuple[str, ...]
    verified_on: date
    verified_by: str
    status: str


@dataclass(frozen=True)
class Place:
    """A country: the folders of rules that bind there, its time zones, and the channels that are covered."""

    rules: tuple[str, ...]
    zones: tuple[str, ...]
    channels: Mapping[str, ChannelCovered]


@dataclass(frozen=True)
class Coverage:
    """What is covered. A place or a channel that does not stand here is closed."""

    places: Mapping[str, Place]
    line: int = 1

    def refuses(self, country: str | None, channel: str, purpose: str, day: date) -> str | None:
        """The name of what is missing, or None when the contact is covered."""
        if country is None:
            return "country-unknown"
        place = self.places.get(country)
        if place is None:
            return "country-not-covered"
        covered = place.channels.get(channel)
        if covered is None or day < covered.open_from:
            return "channel-not-covered"
        return None if purpose in covered.purposes else "purpose-not-covered"


_COUNTRY = schema.Text(2, pattern="[A-Z]{2}")

COVERAGE_RECORD = schema.Record(
    Coverage,
    {
        "places": schema.MapOf(
            _COUNTRY,
            schema.Record(
                Place,
                {
                    "rules": schema.ListOf(schema.Name(), least=1),
                    "zones": schema.ListOf(schema.Text(60), least=1),
                    "channels": schema.MapOf(
                        schema.Choice(CHANNELS),
                        schema.Record(
                            ChannelCovered,
                            {
                                "purposes": schema.ListOf(schema.Choice(PURPOSES), least=1),
                                "open_from": schema.Date(),
                                "instruments": schema.ListOf(schema.Text(300), least=1),
                                "verified_on": schema.Date(),
                                "verified_by": schema.Text(200),
                                "status": schema.Choice(STATUSES),
                            },
                        ),
                    ),
                },
            ),
            least=1,
        )
    },
)


def finish_coverage(coverage: Coverage, reading: Reading) -> Any:
    """Every zone must be one that exists."""
    known = available_timezones()
    for country, place in coverage.places.items():
        for zone in place.zones:
            if zone not in known:
                return reading.fault("gate-zone-unknown", coverage.line, zone=zone, country=country)
    return coverage


@dataclass(frozen=True)
class CoverageExample:
    """What coverage says of a place and a channel on a date."""

    on: date
    channel: str
    purpose: str
    expect: str
    country: str | None = None


COVERAGE_EXAMPLE = schema.Record(
    CoverageExample,
    {
        "on": schema.Date(),
        "country": schema.Optional(_COUNTRY),
        "channel": schema.Choice(CHANNELS),
        "purpose": schema.Choice(PURPOSES),
        "expect": schema.Choice(
            ("open", "country-unknown", "country-not-covered", "channel-not-covered", "purpose-not-covered")
        ),
    },
)


def run_coverage_example(file: PolicyFile, example: CoverageExample) -> tuple[str, dict[str, Any]] | None:
    """None when coverage says what the example expects."""
    found = file.data.refuses(example.country, example.channel, example.purpose, example.on) or "open"
    return None if found == example.expect else ("gate-example-differs", {"expected": example.expect, "found": found})


COVERAGE = PolicyKind(
    name="coverage",
    pattern="jurisdictions/coverage.yaml",
    record=COVERAGE_RECORD,
    finish=finish_coverage,
    example=COVERAGE_EXAMPLE,
    run_example=run_coverage_example,
)

KINDS = (JURISDICTIONS, COVERAGE)
