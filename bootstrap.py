"""Brings what Tideover needs onto a machine that has a Python and nothing else of ours.

It fetches uv (pinned, digest checked) from the package index in force, and has it install everything that
``uv.lock`` names. Standard library only; needs no pip, venv, ensurepip or compiler, and changes nothing outside
this folder and uv's cache.

    python3 bootstrap.py            install into .venv
    python3 bootstrap.py --no-dev   without what only tests need
"""

import sys

if not (3, 11) <= sys.version_info[:2] <= (3, 14):
    sys.exit(
        "Tideover needs Python 3.11, 3.12, 3.13 or 3.14; this is {}.{} ({}).\n"
        "Name another one: make PYTHON=/path/to/python3.12 setup".format(*sys.version_info[:2], sys.executable)
    )

import base64
import configparser
import hashlib
import html.parser
import io
import os
import platform
import shutil
import ssl
import stat
import subprocess
import tomllib
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PUBLIC_INDEX = "https://pypi.org/simple"
UV_VERSION = "0.13.9"
UV_WHEELS = {
    ("linux", "x86_64"): (
        "manylinux_2_17_x86_64.manylinux2014_x86_64",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("linux", "aarch64"): (
        "manylinux_2_28_aarch64",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
    ("darwin", "x86_64"): (
        "macosx_10_12_x86_64",
        "c16ed11e013557536b3e60065f1b912f6407bd6518e041b961e23ef9e6b4fbf5",
    ),
    ("darwin", "arm64"): (
        "macosx_11_0_arm64",
        "66c512266d633bef48384a1f53003f41f2a8e7b36fe6e7fbfd3e0fd52d96fa63",
    ),
}
UNTRUSTED = """
This machine does not trust who vouches for that server. Where it trusts nobody yet: apt-get install ca-certificates.
Where a proxy or an index of your own signs: name its certificates, SSL_CERT_FILE=/path/to/authorities.pem."""


class Refused(Exception):
    """Something that the person at the terminal has to know and can mend."""


def main(arguments: list[str]) -> int:
    """Install everything; the exit status is uv's."""
    try:
        index = index_in_force()
        uv = ensure_uv(ROOT / ".tools", index)
        return install(uv, index, dev="--no-dev" not in arguments)
    except Refused as refused:
        print(f"\n{refused}", file=sys.stderr)
        return 1


def index_in_force() -> str:
    """The package index that this machine is set up to use: uv's settings, then pip's, then the public one."""
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL"):
        if given := os.environ.get(name):
            return given.partition("=")[2].rstrip("/") if _is_named(given) else given.rstrip("/")
    for path in uv_files():
        if found := _index_of_uv_file(path):
            return found.rstrip("/")
    for path in pip_files():
        parser = configparser.RawConfigParser()
        try:
            parser.read(path, encoding="utf-8")
        except (configparser.Error, OSError, UnicodeDecodeError):
            continue
        if found := parser.get("global", "index-url", fallback=None):
            return found.strip().rstrip("/")
    return PUBLIC_INDEX


def _is_named(given: str) -> bool:
    """uv also reads ``name=https://…``."""
    name, equals, _ = given.partition("=")
    return bool(equals) and name.replace("-", "").replace("_", "").isalnum()


def _index_of_uv_file(path: Path) -> str | None:
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError):
        return None
    for index in settings.get("index", []):
        if index.get("default"):
            return index.get("url")
    return settings.get("index-url")


def _config_folders() -> list[Path]:
    mine = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    shared = (os.environ.get("XDG_CONFIG_DIRS") or "/etc/xdg").split(":")
    return [mine, *(Path(folder) for folder in shared if folder)]


def uv_files() -> list[Path]:
    """uv's own settings files, the strongest first."""
    return [folder / "uv" / "uv.toml" for folder in _config_folders()] + [Path("/etc/uv/uv.toml")]


def pip_files() -> list[Path]:
    """pip's configuration files, the strongest first."""
    given = os.environ.get("PIP_CONFIG_FILE")
    if given == os.devnull:
        return []
    mine, *shared = _config_folders()
    found = [Path(given)] if given else []
    found += [mine / "pip" / "pip.conf", Path.home() / ".pip" / "pip.conf"]
    if sys.platform == "darwin":
        found.append(Path.home() / "Library" / "Application Support" / "pip" / "pip.conf")
    return found + [folder / "pip" / "pip.conf" for folder in shared] + [Path("/etc/pip.conf")]


def ensure_uv(folder: Path, index: str) -> Path:
    """The pinned uv, fetched unless it is there already."""
    program = folder / f"uv-{UV_VERSION}" / "uv"
    if program.exists():
        return program
    tags, digest = wheel_for(sys.platform, platform.machine().lower())
    name = f"uv-{UV_VERSION}-py3-none-{tags}.whl"
    print(f"Fetching {name} from {without_password(index)}", file=sys.stderr)
    wheel = fetch_wheel(index, name)
    check_digest(wheel, digest, name)
    unpack(wheel, program)
    return program


def wheel_for(system: str, machine: str) -> tuple[str, str]:
    """Tags and digest of uv's wheel for a machine."""
    machine = {"amd64": "x86_64"}.get(machine, machine)
    if system == "linux" and machine == "arm64":
        machine = "aarch64"
    known = UV_WHEELS.get((system, machine))
    if known is None:
        named = ", ".join(" ".join(each) for each in UV_WHEELS)
        raise Refused(f"Tideover does not run on {system} {machine}. It runs on: {named}.")
    if system == "linux" and platform.libc_ver()[0] not in ("glibc", ""):
        raise Refused("Tideover needs a Linux with glibc: the embedded database comes for no other.")
    return known


def check_digest(wheel: bytes, digest: str, name: str) -> None:
    """Refuse a wheel that is not the one that was pinned."""
    found = hashlib.sha256(wheel).hexdigest()
    if found != digest:
        raise Refused(
            f"{name} is not what it should be: its SHA-256 is\n  {found}, expected\n  {digest}.\n"
            "Nothing was installed. Ask whoever runs the package index."
        )


def unpack(wheel: bytes, program: Path) -> None:
    """Put the uv program of a wheel in its place, whole or not at all."""
    program.parent.mkdir(parents=True, exist_ok=True)
    aside = program.with_name(f".uv.{os.getpid()}")
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        inside = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        with archive.open(inside) as source, open(aside, "wb") as target:
            shutil.copyfileobj(source, target)
    aside.chmod(aside.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    aside.replace(program)


class _Links(html.parser.HTMLParser):
    """The addresses on an index page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found += [value for name, value in attrs if name == "href" and value]


def fetch_wheel(index: str, name: str) -> bytes:
    """A wheel by its file name, from an index as PEP 503 describes it."""
    page_address = f"{index}/uv/"
    page = fetch(page_address, accept="application/vnd.pypi.simple.v1+html, text/html;q=0.5")
    links = _Links()
    links.feed(page.decode("utf-8", "replace"))
    for link in links.found:
        address = urllib.parse.urljoin(page_address, link)
        if urllib.parse.unquote(urllib.parse.urlsplit(address).path).rpartition("/")[2] == name:
            return fetch(address)
    raise Refused(f"The package index {without_password(index)} does not hold {name}.")


def fetch(address: str, accept: str = "*/*") -> bytes:
    """What stands at an address. Proxies and certificates are taken from the environment."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme not in ("https", "http", "file"):
        raise Refused(f"A package index at {without_password(address)} cannot be read.")
    headers = {"Accept": accept, "User-Agent": f"tideover-bootstrap uv/{UV_VERSION}"}
    if parts.scheme == "file":
        path = Path(urllib.request.url2pathname(parts.path))
        try:
            return (path / "index.html" if path.is_dir() else path).read_bytes()
        except OSError as error:
            raise Refused(f"{path} cannot be read: {error.strerror}.") from error
    if parts.username:
        pair = f"{urllib.parse.unquote(parts.username)}:{urllib.parse.unquote(parts.password or '')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    request = urllib.request.Request(parts.geturl(), headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=120, context=certificates()) as answer:  # nosec B310
            return answer.read()
    except (urllib.error.URLError, OSError) as error:
        why = getattr(error, "reason", error)
        said = f"{without_password(address)} cannot be fetched: {why}."
        raise Refused(said + (UNTRUSTED if isinstance(why, ssl.SSLCertVerificationError) else "")) from error


def certificates() -> ssl.SSLContext:
    """The authorities that this machine trusts, and those that pip was told to trust."""
    context = ssl.create_default_context()
    for name in ("SSL_CERT_FILE", "PIP_CERT", "REQUESTS_CA_BUNDLE"):
        given = os.environ.get(name)
        if given and Path(given).is_file():
            context.load_verify_locations(given)
    return context


def without_password(address: str) -> str:
    """An address as it may be shown."""
    parts = urllib.parse.urlsplit(address)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def install(uv: Path, index: str, *, dev: bool) -> int:
    """Have uv install what the lock file names, each file's digest checked."""
    environment = {
        **os.environ,
        "UV_SYSTEM_CERTS": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_PYTHON": getattr(sys, "_base_executable", None) or sys.executable,
        "UV_PROJECT_ENVIRONMENT": str(ROOT / ".venv"),
        "UV_DEFAULT_INDEX": index,
        "VIRTUAL_ENV": "",
    }
    groups = [] if dev else ["--no-dev"]
    if index == PUBLIC_INDEX:
        return subprocess.run([uv, "sync", "--locked", *groups], cwd=ROOT, env=environment).returncode
    return install_from_mirror(uv, environment, groups)


def install_from_mirror(uv: Path, environment: dict[str, str], groups: list[str]) -> int:
    """The same versions and digests from another index: the lock file names the public one's addresses."""
    listed = ROOT / ".tools" / "requirements.txt"
    steps = [
        ["export", "--quiet", "--frozen", "--no-emit-project", *groups, "--output-file", str(listed)],
        ["venv", "--quiet", "--allow-existing", str(ROOT / ".venv")],
        ["pip", "sync", "--python", str(ROOT / ".venv"), "--require-hashes", str(listed)],
        ["pip", "install", "--python", str(ROOT / ".venv"), "--no-deps", "--editable", str(ROOT)],
    ]
    for step in steps:
        status = subprocess.run([uv, *step], cwd=ROOT, env=environment).returncode
        if status != 0:
            return status
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
