"""What crosses the threshold of core/policy: a policy file, what is wrong in one, the refusals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from tideover.core.problem import Problem


@dataclass(frozen=True)
class PolicyFile:
    """One policy file, read and typed by its kind's schema. ``version`` is the SHA-256 of its bytes."""

    kind: str
    id: str
    path: Path
    layer: str
    version: str
    title: Mapping[str, str]
    effective_from: date
    reviewed_on: date | None
    sources: tuple[str, ...]
    text: str
    data: Any

    @property
    def shown_path(self) -> str:
        """The path as people know it."""
        return f"policy/{self.id.replace('.', '/')}.yaml" if self.layer == "product" else str(self.path)


class Fault(Problem):
    """One thing that is wrong in one place of one file. Its remedy has the code ``<code>.remedy``."""

    code = "policy.fault"

    def __init__(self, code: str, path: str, line: int, **fields: Any) -> None:
        super().__init__(**fields)
        self.code = code if code.startswith("policy.") else f"policy.{code}"  # type: ignore[misc]
        self.path, self.line = path, line
        self.args = (self.code, path, line, fields)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code} {self.fields}"


class PolicyRefused(Problem):
    """Policy files cannot be used; ``faults`` holds all that was found."""

    code = "policy.refused"

    def __init__(self, faults: Sequence[Fault]) -> None:
        first = faults[0]
        super().__init__(faults_count=len(faults), file=first.path, line=str(first.line), fault=first.code)
        self.faults = tuple(faults)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class PolicyUnknown(Problem):
    """There is no policy of this kind and id."""

    code = "policy.unknown"


class PolicyVersionUnknown(Problem):
    """This version of the policy was never activated here, so its text is not kept."""

    code = "policy.version-unknown"


class PolicyChanged(Problem):
    """The file is not the one that was activated in this installation."""

    code = "policy.changed"
