"""The kinds of policy file. A kind's schema lives in the room that uses it and is handed over by a door."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tideover.core.policy.schema import Reading, Type
from tideover.core.policy.types import Fault, PolicyFile


def _keep(data: Any, reading: Reading) -> Any:
    return data


def _no_cross_check(files: Sequence[PolicyFile]) -> list[Fault]:
    return []


@dataclass(frozen=True)
class PolicyKind:
    """What a kind of policy file is.

    ``pattern`` is a glob below the policy folder; ``record`` the keys that a file may hold beside the common
    ones. ``finish`` sees the typed data and may note further faults or return a compiled form. ``example`` is
    the type of one entry of ``<name>.examples.yaml``; ``run_example(file, example)`` answers None, or a fault
    code with its fields; ``check_examples`` sees all of a file's examples (boundaries). ``check_all`` sees
    every file of the kind at once (overlaps). ``is_activated`` is False for a kind that describes a file's
    shape rather than a rule.
    """

    name: str
    pattern: str
    record: Type
    finish: Callable[[Any, Reading], Any] = _keep
    example: Type | None = None
    run_example: Callable[[PolicyFile, Any], tuple[str, dict[str, Any]] | None] | None = None
    check_examples: Callable[[PolicyFile, Sequence[Any], Reading], None] | None = None
    check_all: Callable[[Sequence[PolicyFile]], list[Fault]] = _no_cross_check
    is_activated: bool = True


_KINDS: dict[str, PolicyKind] = {}


def register(kind: PolicyKind) -> None:
    """Make a kind known. Registering the same kind again replaces it."""
    _KINDS[kind.name] = kind


def get_kind(name: str) -> PolicyKind:
    """The kind of this name; a name that no door has registered is a mistake of ours."""
    if name not in _KINDS:
        raise LookupError(f"policy kind {name!r} is not registered; see tideover.doors.policy_kinds")
    return _KINDS[name]


def list_kinds() -> list[PolicyKind]:
    """All kinds, by name."""
    return [_KINDS[name] for name in sorted(_KINDS)]
