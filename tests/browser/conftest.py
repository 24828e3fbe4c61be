"""A demo of its own, served by the ordinary command, and a real browser to work it with."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tools import browser_parts

ACCOUNTS, LOANS, DAYS = "80", "60", "1"
READY_WITHIN_SECONDS = 300
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "TIDEOVER_STORE", "TIDEOVER_POLICY", "TIDEOVER_CONNECTS_AS")


expect.set_options(timeout=15_000)


@dataclass(frozen=True)
class Site:
    """A running demo: where it is, and the password that its people share."""

    address: str
    password: str


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """The demo, from its first start until its desk is handed over; TIDEOVER_SITE names one that runs already."""
    if running := os.environ.get("TIDEOVER_SITE"):
        yield Site(*running.split())
        return
    home = Path(tempfile.mkdtemp(prefix="tideover-browser-"))
    home.chmod(0o755)
    port = _free_port()
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    environment |= {"TIDEOVER_HOME": str(home / "home"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "tideover.doors.commands.main", "demo", "--port", str(port)]
    log = home / "terminal.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            [*command, "--accounts", ACCOUNTS, "--loans", LOANS, "--days", DAYS],
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_until_ready(process, address, log)
        found = re.search(r"ferry-\d{6}", log.read_text())
        assert found, log.read_text()
        yield Site(address, found.group())
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)
        shutil.rmtree(home, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            with urllib.request.urlopen(f"{address}/demo/progress", timeout=5) as answer:
                if answer.headers.get("HX-Refresh") == "true":
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        time.sleep(0.5)
    pytest.fail(f"the demo is not ready after {READY_WITHIN_SECONDS} s:\n{log.read_text()}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, with a font that draws Chinese."""
    program = browser_parts.find_browser()
    assert program, "no browser here: tools/browser_parts.py says what to install"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program)
        yield started
        started.close()


Opens = Callable[..., Page]


@pytest.fixture(scope="session")
def signed_in() -> dict[str, Any]:
    """Who has signed in before, with the cookies that they got: one sign-in a person is enough."""
    return {}


@pytest.fixture
def open_page(browser: Browser, site: Site, signed_in: dict[str, Any]) -> Iterator[Opens]:
    """Open a page as one of the demo's people; whatever the browser complains of fails the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def opened(
        path: str = "/",
        *,
        user: str | None = "collector1",
        language: str = "zh-Hans",
        width: int = 1440,
        scheme: str = "light",
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            locale="zh-CN" if language == "zh-Hans" else "en-GB",
            timezone_id="Asia/Shanghai",
            base_url=site.address,
            storage_state=signed_in.get(user or ""),
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        if user is not None and user not in signed_in:
            sign_in(page, user, site.password)
            signed_in[user] = context.storage_state()
        page.goto(path if user is not None else "/sign-in")
        if page.locator("html").get_attribute("lang") != language:
            with page.expect_navigation():
                page.locator(f"button[name=language][value={language}]").click()
            page.goto(path if user is not None else "/sign-in")
        return page

    yield opened
    for context in contexts:
        context.close()
    expected = ("status of 409", "status of 422", "status of 401", "status of 403", "status of 404")
    assert not [each for each in complaints if not any(text in each for text in expected)]


def sign_in(page: Page, user: str, password: str) -> None:
    """By the form, as everybody does."""
    page.goto("/sign-in")
    page.fill("#username", user)
    page.fill("#password", password)
    page.press("#password", "Enter")
    page.wait_for_url(lambda url: "/sign-in" not in url)
