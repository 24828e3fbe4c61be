"""What is asked of an import: the file, how it is read, for whom, as of when, and what the client says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from tideover.act.intake import control_file, queries
from tideover.act.intake.policy_schema import shape_of
from tideover.act.intake.readers import csv_file
from tideover.act.intake.readers.shape import FileShape
from tideover.act.intake.types import (
    OF_ACCOUNTS,
    Control,
    ControlContradicts,
    ControlMissing,
    CutOffMissing,
    CutOffWrong,
    ImportRead,
    KindWrong,
    MendsOther,
)
from tideover.core.access.types import Actor
from tideover.core.policy import queries as policy_queries
from tideover.core.policy.types import PolicyFile
from tideover.know.clients import queries as clients_queries
from tideover.know.clients.types import ClientRead, ProfileRead


@dataclass(frozen=True)
class Asked:
    """One import, as it was asked for. ``root`` is the import that it mends, the first of its file."""

    path: Path
    digest: str
    size: int
    client: ClientRead
    profile: ProfileRead
    kind: str
    policy: PolicyFile
    control: Control | None
    root: ImportRead | None
    cut_off: date
    dry_run: bool
    at: datetime
    actor: Actor

    @property
    def control_digest(self) -> str:
        """What tells two deliveries of the same bytes apart."""
        return self.control.digest if self.control else ""

    @property
    def shape(self) -> FileShape:
        """How the file is expected to be written."""
        return shape_of(self.policy.data, self.profile.encoding, self.profile.delimiter)

    @property
    def cut_off_at(self) -> datetime:
        """The instant as of which the file speaks."""
        return self.client.end_of_day(self.cut_off)


def resolve(
    *,
    path: Path,
    client: ClientRead,
    kind: str,
    mapping_id: str,
    cut_off: date | None,
    mends: int | None,
    dry_run: bool,
    at: datetime,
    actor: Actor,
) -> Asked:
    """What is asked, made whole; raises a FileRefused by name where it contradicts itself."""
    mapping_id = mapping_id if mapping_id.startswith("mappings.") else f"mappings.{mapping_id}"
    policy = policy_queries.get("mapping", mapping_id)
    if not _reads(policy.data.kind, kind):
        raise KindWrong(mapping=mapping_id, kind=kind, reads=policy.data.kind)
    profile = clients_queries.get_profile(client.code)
    control = control_file.find(path)
    root = None if mends is None else _root(mends, client, kind)
    if control is None and root is None and "required" in (policy.data.control, profile.control):
        raise ControlMissing(file=path.name, control=control_file.path_of(path).name)
    _refuse_contradictions(path.name, kind, cut_off, control, root)
    found = control.cut_off_date if control else root.cut_off_date if root else cut_off
    if found is None:
        raise CutOffMissing(file=path.name)
    if control is None and found > client.local_date(at):
        raise CutOffWrong(file=path.name, cut_off=found, today=client.local_date(at))
    digest, size = csv_file.digest(path)
    return Asked(path, digest, size, client, profile, kind, policy, control, root, found, dry_run, at, actor)


def _reads(mapping_kind: str, kind: str) -> bool:
    """Whether a mapping of one kind reads a file of the other: those of accounts look alike."""
    return mapping_kind == kind or {mapping_kind, kind} <= set(OF_ACCOUNTS)


def _root(mends: int, client: ClientRead, kind: str) -> ImportRead:
    """The import that is mended; of a mending, what that mends. Raises UnknownImport, MendsOther."""
    found = queries.get_import(mends)
    if found.client_id != client.id or found.kind != kind:
        raise MendsOther(import_id=str(mends), file=found.file_name, kind=found.kind)
    return found if found.reckoned.mends_id is None else queries.get_import(found.reckoned.mends_id)


def _refuse_contradictions(
    name: str, kind: str, cut_off: date | None, control: Control | None, root: ImportRead | None
) -> None:
    """The command, the control file and the mended import must say the same of kind, number and date."""
    told: list[tuple[str, object, object]] = []
    if control is not None:
        told += [("kind", control.kind, kind), ("cut_off", control.cut_off_date, cut_off)]
    if root is not None:
        told.append(("cut_off", root.cut_off_date, control.cut_off_date if control else cut_off))
        if control is not None and root.reckoned.control is not None:
            told.append(("sequence", root.reckoned.control.sequence, control.sequence))
    for field, stated, given in told:
        if given is not None and stated != given:
            raise ControlContradicts(file=name, field=field, stated=str(stated), given=str(given))
