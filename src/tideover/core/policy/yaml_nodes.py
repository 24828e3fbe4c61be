"""Strict YAML: every scalar stays text; what silently changes meaning is refused with its line.

Refused: anchors, aliases, tags, directives, a second document, a repeated key, a key that is not text,
nesting or size beyond a cap. Built from PyYAML's events, so that nothing is constructed that was not
asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from tideover.core.policy.types import Fault, PolicyRefused

BYTES_MAX = 1_000_000
DEPTH_MAX = 16

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Scalar:
    """A text. ``is_quoted`` tells '' from nothing; ``in_flow`` that it stands between braces or brackets."""

    text: str
    line: int
    is_quoted: bool
    in_flow: bool

    @property
    def is_empty(self) -> bool:
        """Nothing was written."""
        return not self.text and not self.is_quoted


@dataclass(frozen=True)
class Listing:
    """A list of nodes."""

    items: tuple[Node, ...]
    line: int


@dataclass(frozen=True)
class Mapping:
    """Keys in the order of the file, each with its line and node."""

    entries: dict[str, Node]
    lines: dict[str, int]
    line: int


Node = Scalar | Listing | Mapping


@dataclass
class _Reader:
    path: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, code: str, line: int, **fields: Any) -> None:
        self.faults.append(Fault(code, self.path, line, **fields))

    def stop(self, code: str, line: int, **fields: Any) -> PolicyRefused:
        self.fault(code, line, **fields)
        return PolicyRefused(self.faults)

    def check(self, event: Any, line: int) -> None:
        if isinstance(event, yaml.AliasEvent):
            self.fault("yaml-alias", line, name=event.anchor)
            return
        if event.anchor is not None:
            self.fault("yaml-anchor", line, name=event.anchor)
        if event.tag is not None:
            self.fault("yaml-tag", line, name=event.tag)

    def node(self, event: Any, events: Iterator[Any], depth: int, in_flow: bool) -> Node:
        line = event.start_mark.line + 1
        self.check(event, line)
        if depth > DEPTH_MAX:
            raise self.stop("yaml-too-deep", line, max=DEPTH_MAX)
        if isinstance(event, yaml.ScalarEvent):
            return Scalar(event.value, line, event.style in ("'", '"'), in_flow)
        if isinstance(event, yaml.AliasEvent):
            return Scalar("", line, True, in_flow)
        in_flow = in_flow or bool(event.flow_style)
        if isinstance(event, yaml.SequenceStartEvent):
            items: list[Node] = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self.node(inner, events, depth + 1, in_flow))
            return Listing(tuple(items), line)
        return self.mapping(events, depth, in_flow, line)

    def mapping(self, events: Iterator[Any], depth: int, in_flow: bool, line: int) -> Mapping:
        entries: dict[str, Node] = {}
        lines: dict[str, int] = {}
        while not isinstance(key_event := next(events), yaml.MappingEndEvent):
            key = self.node(key_event, events, depth + 1, in_flow)
            value = self.node(next(events), events, depth + 1, in_flow)
            if not isinstance(key, Scalar):
                self.fault("yaml-key-not-text", key.line)
            elif key.text in entries:
                self.fault("yaml-repeated-key", key.line, key=key.text, first_line=str(lines[key.text]))
            else:
                entries[key.text], lines[key.text] = value, key.line
        return Mapping(entries, lines, line)


def read(content: bytes, path: str) -> Mapping:
    """The file as a mapping of nodes; raises PolicyRefused with every fault found."""
    reader = _Reader(path)
    if len(content) > BYTES_MAX:
        raise reader.stop("yaml-too-large", 1, max=BYTES_MAX)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise reader.stop("yaml-not-utf8", content[: error.start].count(b"\n") + 1) from None
    try:
        root = _document(reader, iter(yaml.parse(text, Loader=_LOADER)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise reader.stop("yaml-broken", mark.line + 1 if mark else 1, why=error.problem or "") from None
    except yaml.reader.ReaderError as error:
        line = text[: error.position].count("\n") + 1 if isinstance(error.position, int) else 1
        raise reader.stop("yaml-broken", line, why=error.reason) from None
    except RecursionError:
        raise reader.stop("yaml-too-deep", 1, max=DEPTH_MAX) from None
    if reader.faults:
        raise PolicyRefused(reader.faults)
    if not isinstance(root, Mapping):
        raise reader.stop("yaml-not-a-mapping", root.line if root else 1)
    return root


def _document(reader: _Reader, events: Iterator[Any]) -> Node | None:
    root: Node | None = None
    documents = 0
    for event in events:
        if isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            line = event.start_mark.line + 1
            if event.version or event.tags:
                reader.fault("yaml-directive", line)
            if documents > 1:
                reader.fault("yaml-second-document", line)
        elif isinstance(event, yaml.ScalarEvent | yaml.AliasEvent | yaml.CollectionStartEvent):
            root = reader.node(event, events, 1, False)
    return root
