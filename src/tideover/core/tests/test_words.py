"""What people read: the same facts in both languages, each written as its readers write."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path

import pytest

from tideover.core import words
from tideover.core.money import Money, UnknownCurrency


@pytest.mark.parametrize(
    ("amount", "currency", "chinese", "english"),
    [
        ("1286.40", "CNY", "¥1,286.40", "CN¥1,286.40"),
        ("-9.83", "CNY", "-¥9.83", "-CN¥9.83"),
        ("0", "CNY", "¥0.00", "CN¥0.00"),
        ("500", "TWD", "NT$500.00", "NT$500.00"),
        ("500", "JPY", "JP¥500", "¥500"),
    ],
)
def test_amounts_carry_their_currency_as_the_language_writes_it(
    amount: str, currency: str, chinese: str, english: str
) -> None:
    money = Money(Decimal(amount), currency)
    assert (words.money(money, "zh-Hans"), words.money(money, "en")) == (chinese, english)


def test_an_instant_is_told_in_the_time_of_whom_it_concerns() -> None:
    at = datetime(2026, 10, 2, 17, 5, tzinfo=UTC)
    assert words.moment(at, "zh-Hans", "Asia/Shanghai") == "2026年10月3日 01:05"
    assert words.moment(at, "en", "America/New_York", "short") == "2 Oct, 13:05"


def test_dates_read_naturally_in_both_languages() -> None:
    day = date(2026, 10, 3)
    assert words.day(day, "zh-Hans") == "2026年10月3日"
    assert words.day(day, "en") == "3 October 2026"
    assert words.day(day, "zh-Hans", "week") == "10月3日 周六"


def test_a_problem_is_told_in_the_readers_language_with_its_fields() -> None:
    problem = UnknownCurrency(currency="XXX")
    assert "XXX" in words.render(problem, "en") and words.render(problem, "en").startswith("XXX is not")
    assert words.render(problem, "zh-Hans").startswith("不支持币种 XXX")


def test_one_and_several_differ_in_english() -> None:
    assert words.render("desk.case.owner.days", "en", count=1) == "first day"
    assert words.render("desk.case.owner.days", "en", count=9) == "day 9 in a row"
    assert words.render("desk.case.owner.days", "zh-Hans", count=1) == "连续第 1 天"


def test_values_are_written_by_kind() -> None:
    assert words.say(time(9, 5), "en") == "09:05"
    assert words.say(21005, "zh-Hans") == "21,005"
    assert words.say(True, "en") == "True"
    assert words.say("M1", "en") == "M1"


def test_an_unknown_code_and_a_missing_field_stay_visible() -> None:
    assert words.render("no.such.code", "en") == "no.such.code"
    assert words.fill("Owed: {amount}", "en", {}) == "Owed: {amount}"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a.b: {en: One, zh-Hans: 一}\na.b: {en: Two, zh-Hans: 二}\n", "repeated key"),
        ("a.b: {en: One}\n", "needs exactly en and zh-Hans"),
        ("a.b: {en: One, zh-Hans: ''}\n", "needs exactly en and zh-Hans"),
        ("- a\n", "not a mapping"),
    ],
)
def test_a_words_file_that_is_not_whole_is_refused(tmp_path: Path, text: str, why: str) -> None:
    path = tmp_path / "words.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(words.WordsBroken) as refused:
        words.read_file(path)
    assert refused.value.fields["why"] == why


def test_every_chinese_tag_reads_simplified_chinese_and_any_other_english() -> None:
    assert {words.normal_language(tag) for tag in ("zh", "zh-CN", "zh-TW", "zh-hans")} == {"zh-Hans"}
    assert {words.normal_language(tag) for tag in ("en-GB", "fr", "", None)} == {"en"}
