"""Reading policies. Where an installation has activated its policies, only those versions are used."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from tideover.core.policy import files, kinds
from tideover.core.policy.models import PolicyActivation
from tideover.core.policy.types import PolicyChanged, PolicyFile, PolicyVersionUnknown

_accepted: dict[tuple[int, str], list[PolicyFile]] = {}


def library() -> files.Library:
    """The policy files of this installation: the product's and the lender's overlay."""
    overlay: Path | None = settings.POLICY_OVERLAY
    return files.open_library(overlay)


def load(kind: str) -> list[PolicyFile]:
    """Every policy of the kind, by id. Raises PolicyRefused, or PolicyChanged by name.

    A file is read once a process; whether it is the activated one is asked once too. Where nothing was ever
    activated (tests, a new home), every file is taken.
    """
    key = (id(library()), kind)
    if key not in _accepted:
        found = library().load(kind)
        if kinds.get_kind(kind).is_activated:
            refuse_changed(found, kind)
        _accepted[key] = found
    return _accepted[key]


def get(kind: str, policy_id: str) -> PolicyFile:
    """One policy; raises PolicyUnknown, PolicyRefused or PolicyChanged."""
    load(kind)
    return library().get(kind, policy_id)


def get_version(kind: str, policy_id: str, version: str) -> PolicyFile:
    """A policy as it was in this version, for a replay; raises PolicyVersionUnknown."""
    for file in library().load(kind):
        if file.id == policy_id and file.version == version:
            return file
    kept = PolicyActivation.objects.filter(policy_id=policy_id, version=version).first()
    if kept is None:
        raise PolicyVersionUnknown(id=policy_id, version=version)
    layer = files.Layer(kept.layer, files.PRODUCT_FOLDER)
    path = files.PRODUCT_FOLDER / (policy_id.replace(".", "/") + ".yaml")
    return files.read_content(kinds.get_kind(kind), kept.text.encode(), path, layer, policy_id)


def list_activations() -> list[PolicyActivation]:
    """What was activated here, the latest of each id last."""
    return list(PolicyActivation.objects.order_by("policy_id", "activated_at", "pk"))


def active_versions() -> dict[str, str]:
    """The version in force of each policy id."""
    return {row.policy_id: row.version for row in list_activations()}


def refuse_changed(found: list[PolicyFile], kind: str | None = None) -> None:
    """Raise PolicyChanged with the names of the files that are not the activated ones, or are gone.

    ``found`` is every file of the kind; of every kind that is activated, where none is named.
    """
    active = {row.policy_id: row for row in list_activations()}
    here = {file.id: file.version for file in found}
    changed = [id for id, version in here.items() if id not in active or active[id].version != version]
    gone = [id for id, row in active.items() if id not in here and kind in (None, row.kind)]
    if active and (changed or gone):
        raise PolicyChanged(policies=", ".join(sorted([*changed, *gone])))
