"""Sees to what the browser tests need from the system: Chromium, a Chinese font, and a library of Playwright's Node.js.

As root they are installed by the system's packages. Otherwise the command is printed and nothing goes on:
a test whose part is missing fails.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

PACKAGES = {"Chromium": "chromium", "a Chinese font": "fonts-noto-cjk", "libatomic": "libatomic1"}
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", "/System/Library/Fonts")
FONTS = ("NotoSansCJK*", "NotoSansSC*", "SourceHanSans*", "PingFang*", "wqy-*")


def find_browser() -> str | None:
    """The browser that the tests use: the one that TIDEOVER_CHROMIUM names, or the first that is installed."""
    named = os.environ.get("TIDEOVER_CHROMIUM")
    return shutil.which(named) if named else next(filter(None, map(shutil.which, PROGRAMS)), None)


def list_missing() -> list[str]:
    """The parts that are not there."""
    missing = []
    if find_browser() is None:
        missing.append("Chromium")
    if not any(any(Path(folder).rglob(font)) for folder in FONT_FOLDERS for font in FONTS):
        missing.append("a Chinese font")
    if _lacks_libatomic():
        missing.append("libatomic")
    return missing


def _lacks_libatomic() -> bool:
    """Whether the Node.js that Playwright brings finds no libatomic, which a small Debian does not hold."""
    found = importlib.util.find_spec("playwright")
    if found is None or found.origin is None:
        return False
    node = Path(found.origin).parent / "driver" / "node"
    said = subprocess.run([node, "--version"], capture_output=True, text=True)
    return said.returncode != 0 and "libatomic" in said.stderr


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
