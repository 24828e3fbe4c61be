"""The kind ``profile``: what a client sends, when and how. No Django here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any

from tideover.core.policy import schema
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.schema import Reading
from tideover.core.policy.types import Fault, PolicyFile
from tideover.know.clients import rules
from tideover.know.clients.types import EVERY_DAY, FILE_KINDS, WEEKDAYS, WORKING_DAY, ExpectedFile

ENCODINGS = ("utf-8", "gb18030", "utf-16")
DELIMITERS = ("comma", "semicolon", "tab", "bar")


@dataclass(frozen=True)
class Profile:
    """What a client sends. What the file leaves out is as the mapping says, or as the file itself shows."""

    expects: tuple[ExpectedFile, ...]
    calendar: str | None
    encoding: str | None
    delimiter: str | None
    control: str | None
    gone_share_max: Decimal
    line: int


@dataclass(frozen=True)
class ProfileExample:
    """A moment and what had come by then: the kinds of files that are late."""

    case: Mapping[str, str]
    day: date
    time: time
    is_working_day: bool
    came: tuple[str, ...]
    late: tuple[str, ...]


def _finish(profile: Profile, reading: Reading) -> Any:
    kinds = [expected.kind for expected in profile.expects]
    for kind in sorted({kind for kind in kinds if kinds.count(kind) > 1}):
        reading.fault("profile-kind-twice", profile.line, kind=kind)
    if profile.calendar is None and any(expected.days == WORKING_DAY for expected in profile.expects):
        reading.fault("profile-calendar-missing", profile.line)
    return profile


def _run(file: PolicyFile, example: ProfileExample) -> tuple[str, dict[str, Any]] | None:
    profile: Profile = file.data
    late = rules.late_kinds(
        profile.expects, example.day, example.time, is_working_day=example.is_working_day, came=example.came
    )
    if late == example.late:
        return None
    return "example-differs", {
        "expected": ", ".join(example.late) or "–",
        "got": ", ".join(late) or "–",
        "where": example.case["en"],
    }


def _check_all(files: Sequence[PolicyFile]) -> list[Fault]:
    if not files or any(file.id == "profiles.default" for file in files):
        return []
    return [Fault("profile-default-missing", files[0].shown_path, 1)]


_EXPECTED = schema.Record(
    ExpectedFile,
    {
        "kind": schema.Choice(FILE_KINDS),
        "mapping": schema.Optional(schema.Text(120)),
        "by": schema.TimeOfDay(),
        "days": schema.Choice((EVERY_DAY, WORKING_DAY, *WEEKDAYS)),
        "from_date": schema.Optional(schema.Date()),
    },
)
_KINDS = schema.ListOf(schema.Choice(FILE_KINDS))

KIND = PolicyKind(
    name="profile",
    pattern="profiles/*.yaml",
    record=schema.Record(
        Profile,
        {
            "expects": schema.ListOf(_EXPECTED, most=20),
            "calendar": schema.Optional(schema.Name()),
            "encoding": schema.Optional(schema.Choice(ENCODINGS)),
            "delimiter": schema.Optional(schema.Choice(DELIMITERS)),
            "control": schema.Optional(schema.Choice(("required", "none"))),
            "gone_share_max": schema.Optional(schema.Number(Decimal(0), Decimal(1)), Decimal("0.02")),
        },
    ),
    finish=_finish,
    example=schema.Record(
        ProfileExample,
        {
            "case": schema.Bilingual(),
            "day": schema.Date(),
            "time": schema.TimeOfDay(),
            "is_working_day": schema.Boolean(),
            "came": _KINDS,
            "late": _KINDS,
        },
    ),
    run_example=_run,
    check_all=_check_all,
    is_activated=False,
)
