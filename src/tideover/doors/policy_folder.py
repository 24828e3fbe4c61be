"""Where a lender's own policies lie, for commands that work without Django's settings."""

from __future__ import annotations

import os
from pathlib import Path

from tideover.core.problem import Problem


class OverlayMissing(Problem):
    """The folder that is named for a lender's policies does not exist."""

    code = "policy.overlay-missing"


def overlay_folder(given: Path | None) -> Path | None:
    """The folder given, else that of TIDEOVER_POLICY, else none; raises OverlayMissing."""
    named = given or (Path(os.environ["TIDEOVER_POLICY"]) if os.environ.get("TIDEOVER_POLICY") else None)
    if named is not None and not named.is_dir():
        raise OverlayMissing(folder=str(named))
    return named
