"""The script that brings everything onto a bare machine takes nothing that was not pinned."""

from __future__ import annotations

import importlib.util
import io
import ssl
import subprocess
import sys
import urllib.error
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "bootstrap.py"


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> ModuleType:
    """The script as a module, working in a folder of its own."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL", "PIP_CONFIG_FILE", "XDG_CONFIG_DIRS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return module


def make_index(bootstrap: ModuleType, folder: Path, content: bytes) -> str:
    tags, _ = bootstrap.wheel_for(sys.platform, bootstrap.platform.machine())
    name = f"uv-{bootstrap.UV_VERSION}-py3-none-{tags}.whl"
    (folder / "uv").mkdir(parents=True)
    (folder / "uv" / "index.html").write_text(f'<a href="../files/{name}#sha256=00">{name}</a>')
    (folder / "files").mkdir()
    (folder / "files" / name).write_bytes(content)
    return folder.as_uri()


def make_wheel(bootstrap: ModuleType) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr(f"uv-{bootstrap.UV_VERSION}.data/scripts/uv", "#!/bin/sh\nexit 7\n")
    return kept.getvalue()


def test_a_wheel_with_another_digest_is_refused_and_nothing_is_installed(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("UV_DEFAULT_INDEX", make_index(bootstrap, tmp_path / "index", make_wheel(bootstrap)))
    assert bootstrap.main([]) == 1
    said = capsys.readouterr().err
    assert "is not what it should be" in said and "Nothing was installed" in said
    assert not list((tmp_path / ".tools").rglob("*"))


def test_the_pinned_wheel_is_unpacked_and_run(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = make_wheel(bootstrap)
    monkeypatch.setenv("PIP_INDEX_URL", make_index(bootstrap, tmp_path / "index", wheel))
    monkeypatch.setattr(
        bootstrap,
        "UV_WHEELS",
        {key: (tags, bootstrap.hashlib.sha256(wheel).hexdigest()) for key, (tags, _) in bootstrap.UV_WHEELS.items()},
    )
    assert bootstrap.main([]) == 7


def test_an_index_that_does_not_hold_it_is_named_without_its_password(bootstrap: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "index" / "uv").mkdir(parents=True)
    (tmp_path / "index" / "uv" / "index.html").write_text("<html></html>")
    with pytest.raises(bootstrap.Refused, match="does not hold"):
        bootstrap.ensure_uv(tmp_path / ".tools", (tmp_path / "index").as_uri())
    assert bootstrap.without_password("https://me:secret@host/simple") == "https://host/simple"


def test_the_index_in_force_is_uvs_then_pips_then_the_public_one(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pip = tmp_path / "config" / "pip" / "pip.conf"
    pip.parent.mkdir(parents=True)
    pip.write_text("[global]\nindex-url = https://pip.example/simple/\n")
    assert bootstrap.index_in_force() == "https://pip.example/simple"
    uv = tmp_path / "config" / "uv" / "uv.toml"
    uv.parent.mkdir(parents=True)
    uv.write_text('[[index]]\nurl = "https://uv.example/simple"\ndefault = true\n')
    assert bootstrap.index_in_force() == "https://uv.example/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "house=https://house.example/simple")
    assert bootstrap.index_in_force() == "https://house.example/simple"


def test_a_python_that_is_too_old_is_refused_in_words() -> None:
    pretend = f"import sys; sys.version_info = (3, 10, 1, 'final', 0); exec(open({str(SCRIPT)!r}).read())"
    refused = subprocess.run([sys.executable, "-c", pretend], capture_output=True, text=True)
    assert refused.returncode == 1
    assert "Tideover needs Python 3.11, 3.12, 3.13 or 3.14; this is 3.10" in refused.stderr


def test_a_machine_that_trusts_no_authority_is_told_what_to_install(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_given: object, **_named: object) -> None:
        raise urllib.error.URLError(ssl.SSLCertVerificationError("unable to get local issuer certificate"))

    monkeypatch.setattr(bootstrap.urllib.request, "urlopen", refuse)
    with pytest.raises(bootstrap.Refused) as refused:
        bootstrap.fetch("https://index.test/simple/uv/")
    assert "apt-get install ca-certificates" in str(refused.value) and "SSL_CERT_FILE" in str(refused.value)
