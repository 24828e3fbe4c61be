"""A file between being tried and being taken: kept aside under the store, for one person and at most a day."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from tideover.act.intake import queries as intake_queries
from tideover.act.intake.types import KINDS
from tideover.core.clock import queries as clock_queries

KEPT = timedelta(days=1)
LARGEST_BYTES = 300_000_000
LARGEST_CONTROL_BYTES = 100_000
LONGEST_NAME = 240 - len(intake_queries.CONTROL_SUFFIX)
"""In bytes, as file systems count."""


class UploadForm(forms.Form):
    """A file with what must be known to read it."""

    file = forms.FileField(max_length=200)
    client = forms.CharField(max_length=40)
    mapping = forms.CharField(max_length=120)
    cut_off = forms.DateField(input_formats=["%Y-%m-%d"], required=False)
    kind = forms.ChoiceField(choices=[(kind, kind) for kind in KINDS], required=False)
    control = forms.FileField(max_length=200, required=False)
    mends = forms.IntegerField(min_value=1, required=False)

    def clean_control(self) -> UploadedFile | None:
        """A control file is a few lines."""
        file: UploadedFile | None = self.cleaned_data["control"]
        if file is not None and (file.size or 0) > LARGEST_CONTROL_BYTES:
            raise forms.ValidationError("too large")
        return file

    def clean_file(self) -> UploadedFile:
        """Refuse what no lender's file of ours can be."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > LARGEST_BYTES:
            raise forms.ValidationError("too large")
        return file


@dataclass(frozen=True)
class Waiting:
    """A tried file that waits for its decision."""

    path: Path
    client_code: str
    kind: str
    mapping_id: str
    cut_off: date | None
    mends: int | None


def keep(
    request: HttpRequest,
    file: UploadedFile,
    control: UploadedFile | None,
    *,
    client_code: str,
    kind: str,
    mapping_id: str,
    cut_off: str,
    mends: int | None,
) -> Waiting:
    """Keep the file aside under its own name, and remember it for this session."""
    sweep()
    folder = _root() / secrets.token_hex(16)
    folder.mkdir(parents=True, mode=0o700)
    path = folder / _short(Path(file.name or "").name or "file.csv")
    for upload, place in ((file, path), (control, path.with_name(path.name + intake_queries.CONTROL_SUFFIX))):
        if upload is not None:
            with place.open("wb") as target:
                for chunk in upload.chunks():
                    target.write(chunk)
    request.session["upload"] = {
        "path": str(path),
        "client_code": client_code,
        "kind": kind,
        "mapping_id": mapping_id,
        "cut_off": cut_off,
        "mends": mends,
    }
    found = waiting(request)
    assert found is not None
    return found


def _short(name: str) -> str:
    """The name as it ends, no longer than a file system takes: the ending says how the file is packed."""
    return name.encode()[-LONGEST_NAME:].decode(errors="ignore")


def waiting(request: HttpRequest) -> Waiting | None:
    """The session's file, if it is still there."""
    kept = request.session.get("upload")
    if kept is None or not Path(kept["path"]).exists():
        return None
    return Waiting(
        path=Path(kept["path"]),
        client_code=kept["client_code"],
        kind=kept["kind"],
        mapping_id=kept["mapping_id"],
        cut_off=date.fromisoformat(kept["cut_off"]) if kept["cut_off"] else None,
        mends=kept["mends"],
    )


def discard(request: HttpRequest) -> None:
    """Forget the session's file."""
    kept = request.session.pop("upload", None)
    if kept is not None:
        shutil.rmtree(Path(kept["path"]).parent, ignore_errors=True)


def _root() -> Path:
    return Path(settings.STORE) / "uploads"


def sweep() -> None:
    """Remove what nobody decided on within a day."""
    if not _root().exists():
        return
    oldest = (clock_queries.real_now() - KEPT).timestamp()
    for folder in _root().iterdir():
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)
