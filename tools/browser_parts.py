"""Sees to the two things that browser tests need from the system: Chromium and a Chinese font.

As root they are installed by the system's packages. Otherwise the command is printed and nothing goes on:
a test whose part is missing fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = {"chromium": "chromium", "a Chinese font": "fonts-noto-cjk"}
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
FONTS = ("NotoSansCJK*", "NotoSansSC*", "SourceHanSans*", "PingFang*", "wqy-*")


def list_missing() -> list[str]:
    """The parts that are not there."""
    missing = []
    if not any(shutil.which(name) for name in PROGRAMS):
        missing.append("chromium")
    if not any(any(Path(folder).rglob(font)) for folder in FONT_FOLDERS for font in FONTS):
        missing.append("a Chinese font")
    return missing


def main() -> int:
    """Install what is missing, or say how."""
    missing = list_missing()
    if not missing:
        return 0
    packages = [PACKAGES[part] for part in missing]
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *packages]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "--quiet"], env=environment, check=True)
        subprocess.run([*install, "--quiet"], env=environment, check=True)
        missing = list_missing()
        if not missing:
            return 0
    print(
        f"The browser tests need {' and '.join(missing)}. Install with:\n\n"
        f"    sudo apt-get update && sudo {' '.join(install)}\n",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
