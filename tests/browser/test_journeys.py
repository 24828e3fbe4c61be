"""A day of each person at the desk, by the pages and, where they work by it, by the keyboard alone."""

from __future__ import annotations

import re
import time

from playwright.sync_api import Page, expect

from tests.browser.conftest import Opens
from tests.browser.looks import complaints, keep_picture

ANSWER_WITHIN_MS = 30_000
AMOUNT = re.compile(r"(NT\$|¥)\d")


def go_on(page: Page) -> None:
    """On to the next case by key."""
    with page.expect_navigation():
        page.keyboard.press("n")


def may_dial(page: Page) -> bool:
    """Whether the case at hand may be called now."""
    return page.locator("[data-key=c]:not(:disabled)").count() > 0


def dial(page: Page) -> str:
    """Dial by key and wait until the line says more: ``recorded`` by itself, ``answered``, or ``refused``."""
    before = page.locator("[data-call-id]")
    known = before.first.get_attribute("data-call-id") if before.count() else "0"
    page.keyboard.press("c")
    said = page.locator("[data-call=recorded], [data-call=answered], [data-call=refused]")
    over = said.and_(page.locator(f":not([data-call-id='{known}'])"))
    over.first.wait_for(timeout=ANSWER_WITHIN_MS)
    return over.first.get_attribute("data-call") or ""


def finish(page: Page, party: str, result: str) -> None:
    """Say who it is and what came of it, and go on."""
    page.keyboard.press(party)
    page.locator("input[name=result]").first.wait_for()
    page.keyboard.press(result)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")


def page_with_a_call(open_page: Opens, wanted: str, first: int, language: str) -> Page:
    """A collector's page on which a call was just ``answered``, or ``recorded`` since nobody took it.

    Works through the lists by N and C, beginning with the list of the collector named first.
    """
    for number in range(4):
        page = open_page("/work", user=f"collector{(first + number - 1) % 4 + 1}", language=language)
        is_next, cannot = False, list[str]()
        while is_next or page.locator("[data-key=n]").count():
            if not is_next:
                go_on(page)
            is_next = False
            if not may_dial(page):
                cannot.append(page.url)
                if cannot.count(page.url) > 1:
                    break
                continue
            came = dial(page)
            if came == wanted:
                return page
            if came == "answered":
                finish(page, "2", "4")
                is_next = "/cases/" in page.url and page.locator("[data-key=c]").count() > 0
    raise AssertionError(f"no call of anybody's was {wanted}")


def test_a_collector_works_a_case_by_keyboard_and_amounts_hide_while_it_rings(open_page: Opens) -> None:
    page = page_with_a_call(open_page, "answered", 1, "zh-Hans")
    assert not AMOUNT.search(page.locator("#desk").text_content() or "")
    assert not complaints(page, "case-answered-zh-Hans")
    page.keyboard.press("1")
    expect(page.locator(".owed b").first).to_have_text(AMOUNT)
    page.keyboard.press("1")
    page.keyboard.press("d")
    page.keyboard.press("q")
    expect(page.locator("input[name=arrears_reason]:checked")).to_have_value("forgot")
    page.keyboard.press("e")
    page.keyboard.type("nq 公司发薪后一次还清。")
    assert not complaints(page, "case-form-zh-Hans")
    case_url = page.url
    page.keyboard.press("Control+Enter")
    page.wait_for_url(lambda url: url != case_url)
    expect(page.locator(".toast")).to_contain_text("承诺")
    page.goto(case_url)
    expect(page.locator(".notice.info")).to_contain_text("承诺于")
    expect(page.locator(".timeline")).to_contain_text("承诺")


def test_a_call_that_nobody_answers_records_itself(open_page: Opens) -> None:
    page = page_with_a_call(open_page, "recorded", 2, "en")
    expect(page.locator("[data-call=recorded]")).to_contain_text("Recorded")
    expect(page.locator(".owed b").first).to_be_visible()
    keep_picture(page, "case-no-answer-en")


def test_while_a_third_person_speaks_only_the_call_back_line_shows(open_page: Opens) -> None:
    page = page_with_a_call(open_page, "answered", 3, "en")
    page.keyboard.press("2")
    page.locator("input[name=result]").first.wait_for()
    said = page.locator("#desk").text_content() or ""
    assert "NT$" not in said and "days late" not in said and "Card" not in said
    expect(page.locator(".guard")).to_contain_text(re.compile("回电|call .* back"))
    assert not complaints(page, "case-third-en")
    page.keyboard.press("1")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    expect(page.locator(".toast")).to_be_visible()


def test_keys_rest_while_one_types(open_page: Opens) -> None:
    page = open_page("/payments", user="integrator", language="en")
    page.fill("#reference", "")
    page.locator("#reference").focus()
    page.keyboard.type("nc1?")
    assert page.url.endswith("/payments")
    expect(page.locator("#reference")).to_have_value("nc1?")


def test_why_this_contact_is_told_in_words(open_page: Opens) -> None:
    page = open_page("/work/next", language="en")
    page.keyboard.press("?")
    page.wait_for_url(re.compile(r"/why$"))
    expect(page.locator("main")).to_contain_text("late")


def test_an_integrator_records_a_payment_and_the_case_owes_less(open_page: Opens) -> None:
    page = open_page("/work/next", language="en")
    number = page.locator(".amounts .tag").first.get_attribute("title") or ""
    before = page.locator(".owed b").first.text_content()
    case_url = page.url
    desk = open_page("/payments", user="integrator", language="en")
    desk.fill("#account_number", number)
    desk.fill("#amount", "1.00")
    desk.fill("#reference", f"BY-HAND-{time.time_ns()}")
    desk.locator("form.card button").click()
    expect(desk.locator(".toast")).to_contain_text(number)
    page.goto(case_url)
    assert page.locator(".owed b").first.text_content() != before


def test_compliance_places_a_hold_and_the_collector_may_not_call(open_page: Opens) -> None:
    page = open_page("/work", user="collector4", language="en")
    go_on(page)
    number = page.locator(".amounts .tag").first.get_attribute("title") or ""
    case_url = page.url
    desk = open_page("/holds", user="compliance", language="en")
    desk.fill("#account_number", number)
    desk.locator("#scope").select_option("case")
    desk.locator("form.card > p button").click()
    expect(desk.locator(".toast")).to_be_visible()
    page.goto(case_url)
    expect(page.locator(".may")).to_contain_text("Do not call now")
    desk.goto("/holds")
    row = desk.locator("tbody tr", has_text=re.compile("the case")).first
    row.locator("select").select_option("entered-in-error")
    row.locator("button").click()
    expect(desk.locator(".toast")).to_contain_text("lifted")


def test_a_leader_sees_the_day_by_stage_and_nothing_of_imports_is_lost(open_page: Opens) -> None:
    page = open_page("/", user="leader", language="en")
    expect(page).to_have_url(re.compile("/today$"))
    expect(page.locator("h1")).to_contain_text("2026")
    expect(page.locator("main")).to_contain_text("First contact")
    imports = open_page("/imports", user="integrator", language="zh-Hans")
    imports.locator("tbody a").last.click()
    expect(imports.locator("main")).to_contain_text("核对")


def test_each_role_finds_only_its_own_pages(open_page: Opens) -> None:
    page = open_page("/work", user="collector1", language="en")
    for path in ("/today", "/imports", "/payments", "/holds"):
        assert page.goto(path).status == 403  # type: ignore[union-attr]
    page = open_page("/", user="admin", language="en")
    expect(page).to_have_url(re.compile("/ladder$"))
    assert page.goto("/work").status == 403  # type: ignore[union-attr]


def test_the_language_stays_for_the_next_sign_in(open_page: Opens) -> None:
    page = open_page("/ladder", user="admin", language="en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    again = open_page("/ladder", user="admin", language="zh-Hans")
    expect(again.locator("h1")).to_contain_text("阶梯")


def test_twenty_cases_in_a_row_without_a_mouse(open_page: Opens) -> None:
    page = open_page("/work", user="collector4", language="zh-Hans")
    worked = 0
    for _ in range(20):
        if page.locator("[data-key=n]").count() == 0:
            break
        go_on(page)
        if may_dial(page) and dial(page) == "answered":
            finish(page, "2", "4")
        worked += 1
    assert worked
