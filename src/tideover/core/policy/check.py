"""The check of all policy files and their examples: everything that can be known without a database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from tideover.core.policy import files, kinds, schema
from tideover.core.policy.types import Fault, PolicyFile

REVIEW_DAYS_MAX = 365


@dataclass
class Report:
    """What a check found."""

    files: list[PolicyFile] = field(default_factory=list)
    examples_count: int = 0
    faults: list[Fault] = field(default_factory=list)
    remarks: list[Fault] = field(default_factory=list)

    @property
    def is_good(self) -> bool:
        """Nothing is wrong; remarks do not count."""
        return not self.faults


def run(library: files.Library, day: date) -> Report:
    """Check every file of every kind with its examples, as of ``day`` (for review dates)."""
    report = Report()
    for layer, path in library.strays():
        report.faults.append(Fault("file-stray", layer.shown(path), 1))
    for kind in kinds.list_kinds():
        read, faults = library.read_all(kind)
        report.files.extend(read)
        report.faults.extend(faults or kind.check_all(read))
        for file in read:
            layer = next(layer for layer in library.layers if layer.name == file.layer)
            if kind.example is not None:
                check_examples(kind, layer, file, report)
            _note_review(layer.shown(file.path), file, day, report)
    report.faults.sort(key=lambda fault: (fault.path, fault.line))
    return report


def check_examples(kind: kinds.PolicyKind, layer: files.Layer, file: PolicyFile, report: Report) -> None:
    """Run the examples beside a file; what is wrong goes into the report."""
    path = files.examples_path(file.path)
    if not path.exists():
        report.faults.append(Fault("examples-missing", layer.shown(file.path), 1, name=path.name))
        return
    reading = schema.Reading(layer.shown(path))
    examples = files.read_examples(kind, file, reading)
    report.examples_count += len(examples)
    if kind.run_example is not None:
        for example in examples:
            if (wrong := kind.run_example(file, example.data)) is not None:
                code, fields = wrong
                reading.fault(code, example.line, **fields)
    if kind.check_examples is not None and not reading.faults:
        kind.check_examples(file, [example.data for example in examples], reading)
    report.faults.extend(reading.faults)


def _note_review(shown: str, file: PolicyFile, day: date, report: Report) -> None:
    if file.reviewed_on is None:
        return
    if file.reviewed_on < day - timedelta(days=REVIEW_DAYS_MAX):
        line = line_of(file.text, "reviewed_on")
        report.remarks.append(Fault("review-old", shown, line, reviewed_on=file.reviewed_on.isoformat()))


def line_of(text: str, key: str) -> int:
    """The line of a key at the outer level of a file's text."""
    lines = text.splitlines()
    return next((n for n, line in enumerate(lines, 1) if line.startswith(f"{key}:")), 1)
