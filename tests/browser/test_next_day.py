"""On to the next day, after every test that needs the day that was handed over: what comes next may be a weekend."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Opens
from tests.browser.looks import keep_picture


def test_the_next_day_is_one_press_away(open_page: Opens) -> None:
    page = open_page("/today", user="leader", language="en")
    before = page.locator("h1").text_content()
    page.get_by_role("button", name="Next day").click()
    expect(page.locator("h1")).not_to_have_text(before or "", timeout=90_000)
    keep_picture(page, "today-next-day-en")
