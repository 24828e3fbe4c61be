"""Each page, in both languages, wide and narrow, light and dark: WCAG 2.2 AA, and nothing that does not fit."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Opens
from tests.browser.looks import complaints

PAGES = (
    ("leader", "/today", "today"),
    ("leader", "/today/first-contact", "stage"),
    ("leader", "/team", "team"),
    ("leader", "/reassign", "reassign"),
    ("leader", "/certificates", "certificates"),
    ("leader", "/late", "late"),
    ("trainer", "/certificates", "trainer"),
    ("analyst", "/cases", "cases"),
    ("analyst", "/breaks", "breaks"),
    ("leader", "/batches", "batches"),
    ("leader", "/missing", "missing"),
    ("leader", "/styleguide", "styleguide"),
    ("collector1", "/work", "work"),
    ("collector1", "/work/next", "case"),
    ("collector1", "/ladder", "ladder"),
    ("collector1", "/inbound", "inbound"),
    ("integrator", "/imports", "imports"),
    ("integrator", "/payments", "payments"),
    ("integrator", "/unreachable", "unreachable"),
    ("compliance", "/holds", "holds"),
    ("compliance", "/stops", "stops"),
    ("admin", "/no-such-page", "not-found"),
)
LOOKS = (("zh-Hans", 1440, "light"), ("en", 1440, "dark"), ("zh-Hans", 390, "dark"), ("en", 390, "light"))


def test_chinese_is_drawn_by_a_chinese_font(open_page: Opens) -> None:
    page = open_page(user=None)
    drawn = page.evaluate(
        """() => { const c = document.createElement('canvas').getContext('2d');
        const ink = text => { c.canvas.width = c.canvas.height = 60; c.font = '40px "Noto Sans CJK SC", sans-serif';
            c.fillText(text, 5, 45); return c.getImageData(0, 0, 60, 60).data.join('') };
        return ink('渡') !== ink('\\uffff') && ink('渡') !== ink('\\u{10fffe}') }"""
    )
    assert drawn, "no font here draws Chinese: apt-get install fonts-noto-cjk"


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_the_sign_in_page_pleases(open_page: Opens, language: str, width: int, scheme: str) -> None:
    page = open_page(user=None, language=language, width=width, scheme=scheme)
    assert not complaints(page, f"sign-in-{language}-{width}-{scheme}")


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
@pytest.mark.parametrize(("user", "path", "name"), PAGES)
def test_a_page_pleases(
    open_page: Opens, user: str, path: str, name: str, language: str, width: int, scheme: str
) -> None:
    page = open_page(path, user=user, language=language, width=width, scheme=scheme)
    assert page.locator("html").get_attribute("lang") == language
    assert not complaints(page, f"{name}-{language}-{width}-{scheme}")


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_the_details_please(open_page: Opens, language: str, width: int, scheme: str) -> None:
    page = open_page("/work/next", language=language, width=width, scheme=scheme)
    page.locator(".may a").click()
    expect(page).to_have_url(re.compile(r"/cases/\d+/why$"))
    found = complaints(page, f"why-{language}-{width}-{scheme}")
    page = open_page("/imports", user="integrator", language=language, width=width, scheme=scheme)
    _first_row(page)
    found += complaints(page, f"import-{language}-{width}-{scheme}")
    assert not found


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_a_member_of_the_team_and_a_preview_please(open_page: Opens, language: str, width: int, scheme: str) -> None:
    page = open_page("/team", user="leader", language=language, width=width, scheme=scheme)
    page.locator("tbody a").first.click()
    expect(page).to_have_url(re.compile(r"/team/\d+$"))
    found = complaints(page, f"member-{language}-{width}-{scheme}")
    page = open_page("/reassign", user="leader", language=language, width=width, scheme=scheme)
    page.locator("input[name=case]").first.check()
    for receiver in page.locator("input[name=to]").all():
        receiver.check()
    page.locator("form[action*=preview] .button.main").click()
    expect(page).to_have_url(re.compile(r"/reassign/preview"))
    found += complaints(page, f"preview-{language}-{width}-{scheme}")
    assert not found


def _first_row(page: Page) -> None:
    page.locator("tbody a").last.click()
    page.wait_for_load_state()
