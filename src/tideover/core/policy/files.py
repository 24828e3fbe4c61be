"""Finding and reading policy files. No Django and no database: ``tideover check`` stands on this.

Two layers for now: the product's own folder and a lender's overlay, which replaces a file by its id. The
gate's strictest-wins over jurisdictions is the gate's own.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from tideover.core.policy import kinds, schema, yaml_nodes
from tideover.core.policy.kinds import PolicyKind
from tideover.core.policy.types import Fault, PolicyFile, PolicyRefused, PolicyUnknown

PRODUCT_FOLDER = Path(__file__).resolve().parents[2] / "policy"
EXAMPLES = ".examples.yaml"
_HEADER = {
    "format": schema.Choice(("1",)),
    "id": schema.Name(),
    "title": schema.Bilingual(longest=200),
    "effective_from": schema.Date(),
    "reviewed_on": schema.Optional(schema.Date()),
    "sources": schema.ListOf(schema.Text(500), least=1),
}


@dataclass(frozen=True)
class Header:
    """What every policy file begins with."""

    format: str
    id: str
    title: dict[str, str]
    effective_from: date
    reviewed_on: date | None
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """One example beside a policy file, with the line where it begins."""

    line: int
    data: Any


@dataclass(frozen=True)
class Layer:
    """A folder of policy files: ``product`` or ``lender``."""

    name: str
    folder: Path

    def shown(self, path: Path) -> str:
        """The path as people know it."""
        if self.name == "product":
            return "policy/" + path.relative_to(self.folder).as_posix()
        return str(path)


@dataclass
class Library:
    """The policy files of an installation, read once."""

    layers: tuple[Layer, ...]
    _read: dict[str, list[PolicyFile]] = field(default_factory=dict)

    def paths(self, kind: PolicyKind) -> dict[str, tuple[Layer, Path]]:
        """Which file holds each id of the kind; a later layer wins."""
        found: dict[str, tuple[Layer, Path]] = {}
        for layer in self.layers:
            for path in sorted(layer.folder.glob(kind.pattern)):
                if path.is_file() and not path.name.endswith(EXAMPLES):
                    found[id_of(layer.folder, path)] = (layer, path)
        return found

    def load(self, kind_name: str) -> list[PolicyFile]:
        """Every file of the kind, by id; raises PolicyRefused with all faults of all of them."""
        if kind_name not in self._read:
            kind = kinds.get_kind(kind_name)
            files, faults = self.read_all(kind)
            faults.extend([] if faults else kind.check_all(files))
            if faults:
                raise PolicyRefused(faults)
            self._read[kind_name] = files
        return self._read[kind_name]

    def get(self, kind_name: str, policy_id: str) -> PolicyFile:
        """The file of this kind and id; raises PolicyUnknown, or PolicyRefused."""
        for file in self.load(kind_name):
            if file.id == policy_id:
                return file
        known = ", ".join(file.id for file in self.load(kind_name)) or "–"
        raise PolicyUnknown(id=policy_id, known=known)

    def read_all(self, kind: PolicyKind) -> tuple[list[PolicyFile], list[Fault]]:
        """The files that can be read, and the faults of those that cannot."""
        files: list[PolicyFile] = []
        faults: list[Fault] = []
        for _policy_id, (layer, path) in sorted(self.paths(kind).items()):
            try:
                files.append(read_file(kind, layer, path))
            except PolicyRefused as refused:
                faults.extend(refused.faults)
        return files, faults

    def strays(self) -> Iterator[tuple[Layer, Path]]:
        """YAML files that belong to no kind."""
        for layer in self.layers:
            known = {p for kind in kinds.list_kinds() for p in layer.folder.glob(kind.pattern)}
            for path in sorted(layer.folder.rglob("*.y*ml")):
                owner = path.with_name(path.name.removesuffix(EXAMPLES) + ".yaml")
                if (owner if path.name.endswith(EXAMPLES) else path) not in known:
                    yield layer, path


def id_of(folder: Path, path: Path) -> str:
    """The id that a file must carry: its path below the policy folder with points between."""
    return ".".join(path.relative_to(folder).with_suffix("").parts)


def read_file(kind: PolicyKind, layer: Layer, path: Path) -> PolicyFile:
    """Read and type one file; raises PolicyRefused with every fault."""
    return read_content(kind, path.read_bytes(), path, layer, id_of(layer.folder, path))


def read_content(kind: PolicyKind, content: bytes, path: Path, layer: Layer, policy_id: str) -> PolicyFile:
    """Read and type a file's bytes, also those of a version that is no longer on disk."""
    shown = layer.shown(path)
    root = yaml_nodes.read(content, shown)
    reading = schema.Reading(shown)
    own = yaml_nodes.Mapping({k: v for k, v in root.entries.items() if k not in _HEADER}, root.lines, root.line)
    head = yaml_nodes.Mapping({k: v for k, v in root.entries.items() if k in _HEADER}, root.lines, root.line)
    header = schema.Record(Header, dict(_HEADER)).read(head, reading)
    data = kind.record.read(own, reading)
    if header is not schema.INVALID and header.id != policy_id:
        reading.fault("file-id", root.lines["id"], found=header.id, wanted=policy_id)
    if data is not schema.INVALID:
        data = kind.finish(data, reading)
    if reading.faults:
        raise PolicyRefused(sorted(reading.faults, key=lambda fault: fault.line))
    return PolicyFile(
        kind=kind.name,
        id=header.id,
        path=path,
        layer=layer.name,
        version=hashlib.sha256(content).hexdigest(),
        title=header.title,
        effective_from=header.effective_from,
        reviewed_on=header.reviewed_on,
        sources=header.sources,
        text=content.decode("utf-8"),
        data=data,
    )


def read_examples(kind: PolicyKind, file: PolicyFile, reading: schema.Reading) -> list[Example]:
    """The examples beside a file; what is wrong is noted in ``reading``, which has their path."""
    path = examples_path(file.path)
    assert kind.example is not None
    try:
        root = yaml_nodes.read(path.read_bytes(), reading.path)
    except PolicyRefused as refused:
        reading.faults.extend(refused.faults)
        return []
    found: list[Example] = []
    for key, node in root.entries.items():
        if key != "examples" or not isinstance(node, yaml_nodes.Listing):
            reading.fault("schema-unknown-key", root.lines[key], key=key, known="examples")
            continue
        for item in node.items:
            data = kind.example.read(item, reading)
            if data is not schema.INVALID:
                found.append(Example(item.line, data))
    if not found and not reading.faults:
        reading.fault("examples-empty", 1)
    return found


def examples_path(path: Path) -> Path:
    """Where a file's examples stand."""
    return path.with_name(path.stem + EXAMPLES)


@lru_cache(maxsize=8)
def open_library(overlay: Path | None = None, product: Path = PRODUCT_FOLDER) -> Library:
    """The library of the product's folder and, where there is one, a lender's overlay."""
    layers = [Layer("product", product)]
    if overlay is not None:
        layers.append(Layer("lender", overlay))
    return Library(tuple(layers))
