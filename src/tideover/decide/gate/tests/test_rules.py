"""May we call now? Told as a compliance officer would ask it."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from tideover.core import words
from tideover.core.policy import check, files
from tideover.decide.gate import rulebook, rules, wording
from tideover.decide.gate.tests.circumstances import SHANGHAI, at, book, call, customer, dispute, shipped
from tideover.decide.gate.types import Circumstances, HoldSeen, Verdict

BOOK = book()
HOURS = "jurisdictions.cn.contact-hours"
DAY = "jurisdictions.cn.calls-per-day"
SAME_NUMBER = "jurisdictions.cn.unanswered-same-number"
WEEK = "jurisdictions.default.calls-per-week"


def ask(seen: Circumstances, clock: str = "10:00", days: int = 0) -> Verdict:
    return rules.decide(BOOK, seen, at(clock, days))


def relaxed(**values: int) -> rulebook.Rulebook:
    """The shipped rules with other figures, as a lender's own profile might have them."""
    changed = []
    for file in shipped():
        rule = file.data
        if file.kind == "jurisdictions" and values.keys() & set(next(iter(rule.dated.values())).values):
            dated = {day: replace(d, values={**d.values, **values}) for day, d in rule.dated.items()}
            file = replace(file, data=replace(rule, dated=dated))
        changed.append(file)
    return rulebook.make(changed)


def test_what_ships_is_a_good_policy_with_every_boundary_shown(tmp_path: Path) -> None:
    """Checked without the mappings, whose examples are most of the work and say nothing of the law."""
    product = shutil.copytree(files.PRODUCT_FOLDER, tmp_path / "policy", ignore=shutil.ignore_patterns("mappings"))
    report = check.run(files.open_library(product=product), date(2026, 11, 24))
    assert any(file.kind == "jurisdictions" for file in report.files)
    ours = [fault for fault in report.faults if "jurisdictions" in fault.path]
    assert ours == []


def test_an_ordinary_customer_may_be_called_in_the_morning() -> None:
    verdict = ask(customer())
    assert verdict.granted
    assert (verdict.left_today, verdict.left_week) == (3, 3)


@pytest.mark.parametrize(
    ("clock", "allowed"),
    [("07:59:59", False), ("08:00", True), ("21:59:59", True), ("22:00", False), ("00:00", False)],
)
def test_nobody_is_called_between_ten_at_night_and_eight_in_the_morning(clock: str, allowed: bool) -> None:
    assert ask(customer(), clock).granted is allowed


def test_at_night_the_answer_says_when_calling_is_allowed_again() -> None:
    verdict = ask(customer(), "22:30")
    assert (verdict.clause, verdict.until_at) == (HOURS, at("08:00", 1))
    said = wording.says(BOOK, verdict)
    assert said["en"].startswith("It is 22:30 where the customer lives.")
    assert said["zh-Hans"] == "客户当地时间为22:30，仅可在08:00至22:00之间联系。"


def test_the_hour_is_the_customers_and_not_ours() -> None:
    tokyo = customer(zone="Asia/Tokyo")
    assert ask(tokyo, "20:59:59").granted
    assert ask(tokyo, "21:00").clause == HOURS


def test_when_the_zone_is_unknown_every_zone_of_the_country_must_permit() -> None:
    somewhere = customer(zone=None)
    assert ask(somewhere, "09:59:59").clause == HOURS  # still before eight in Urumqi
    assert ask(somewhere, "10:00").granted
    assert ask(somewhere, "22:00").clause == HOURS  # already night in Shanghai


def test_when_the_country_is_unknown_nothing_goes_out() -> None:
    assert ask(customer(country=None)).clause == "gate.country-unknown"


def test_where_no_law_is_loaded_nothing_goes_out() -> None:
    assert ask(customer(country="US", zone="America/New_York")).clause == "gate.country-not-covered"
    assert ask(customer(channel="wechat")).clause == "gate.channel-not-covered"
    assert ask(customer(purpose="service")).clause == "gate.purpose-not-covered"


@pytest.mark.parametrize("before", [0, 1, 2, 3, 4])
def test_three_calls_a_day_over_all_accounts_and_clients(before: int) -> None:
    """The figure is unverified, but it prohibits: so it binds."""
    many_a_week = relaxed(calls_week_max=20)
    calls = tuple(call(f"{8 + hour:02}:00") for hour in range(before))
    verdict = rules.decide(many_a_week, customer(attempts=calls), at("20:00"))
    assert verdict.granted is (before < 3)
    assert verdict.left_today == max(0, 3 - before)
    if not verdict.granted:
        assert (verdict.clause, verdict.until_at) == (DAY, at("08:00", 1))


def test_yesterday_s_calls_do_not_count_toward_today_but_toward_the_week() -> None:
    verdict = ask(customer(attempts=(call("21:59", -1), call("21:58", -1))))
    assert verdict.granted
    assert (verdict.left_today, verdict.left_week) == (1, 1)


def test_a_week_is_the_last_seven_local_days() -> None:
    calls = (call("08:00", -6), call("09:00", -6), call("10:00", -6))
    verdict = ask(customer(attempts=calls))
    assert (verdict.clause, verdict.until_at) == (WEEK, at("08:00", 1))
    assert ask(customer(attempts=calls), "08:00", days=1).granted


def test_six_unanswered_calls_to_one_number_are_enough_for_a_day() -> None:
    many = relaxed(calls_day_max=50, calls_week_max=50)
    calls = tuple(call(f"{8 + hour:02}:00") for hour in range(6))
    assert rules.decide(many, customer(attempts=calls[:5]), at("20:00")).granted
    assert rules.decide(many, customer(attempts=calls), at("20:00")).clause == SAME_NUMBER
    assert rules.decide(many, customer(attempts=calls, contact_point_id=2), at("20:00")).granted
    answered = tuple(replace(each, result="answered") for each in calls)
    assert rules.decide(many, customer(attempts=answered), at("20:00")).granted
    unknown = tuple(replace(each, result="unknown") for each in calls)
    assert rules.decide(many, customer(attempts=unknown), at("20:00")).clause == SAME_NUMBER


def test_a_dispute_stops_the_call_until_it_ends() -> None:
    verdict = ask(customer(holds=(dispute(at("12:00", 2)),)))
    assert (verdict.clause, verdict.until_at) == ("jurisdictions.default.dispute-hold", at("12:00", 2))
    assert ask(customer(holds=(dispute(at("10:00")),))).granted  # half-open: it ended just now


def test_a_hold_that_ends_at_night_gives_way_to_the_morning() -> None:
    assert ask(customer(holds=(dispute(at("23:00", 2)),))).until_at == at("08:00", 3)


@pytest.mark.parametrize(
    ("differs", "clause"),
    [
        ({"opted_out": True}, "jurisdictions.default.opt-out"),
        ({"certified": False}, "jurisdictions.default.certificate"),
        ({"case_open": False}, "jurisdictions.cn.purpose"),
        ({"owed": Decimal("0.00")}, "gate.nothing-owed"),
        ({"owed": Decimal("-5.00")}, "gate.nothing-owed"),
        ({"days_late": 0}, "gate.nothing-owed"),
        ({"placed": False}, "gate.not-placed"),
        ({"placed": None}, "gate.not-placed"),
        ({"contact_point_usable": False}, "jurisdictions.cn.contact-data"),
        ({"contact_point_is_customers": False}, "jurisdictions.cn.contact-data"),
    ],
)
def test_what_does_not_pass_by_itself_refuses_without_an_end(differs: dict[str, object], clause: str) -> None:
    verdict = ask(customer(**differs))
    assert (verdict.granted, verdict.clause, verdict.until_at) == (False, clause, None)


@pytest.mark.parametrize(
    "unknown",
    ["case_open", "owed", "opted_out", "certified", "contact_point_usable", "contact_point_is_customers"],
)
def test_what_is_unknown_refuses_and_says_so(unknown: str) -> None:
    verdict = ask(customer(**{unknown: None}))
    assert not verdict.granted and verdict.unknown
    said = wording.says(BOOK, verdict)
    assert "信息不全" in said["zh-Hans"] and "known" in said["en"]


def test_of_several_refusals_the_one_that_lasts_longest_is_named() -> None:
    held_at_night = customer(holds=(dispute(at("12:00", 2)),), opted_out=True)
    assert ask(held_at_night, "23:00").clause == "jurisdictions.default.opt-out"
    assert ask(replace(held_at_night, opted_out=False), "23:00").clause == "jurisdictions.default.dispute-hold"


def test_before_the_law_was_loaded_the_channel_is_closed() -> None:
    assert ask(customer(), "10:00", days=-248).granted  # 2026-01-30
    assert ask(customer(), "10:00", days=-249).clause == "gate.channel-not-covered"


def test_every_refusal_has_words_in_both_languages_and_nothing_left_to_fill() -> None:
    refused = [
        *(customer(**{name: value}) for name, value in (("country", None), ("country", "US"), ("channel", "sms"))),
        *(customer(**{name: None}) for name in ("owed", "certified")),
        customer(opted_out=True),
        customer(holds=(dispute(at("12:00", 2)),)),
        customer(attempts=(call("08:00"), call("08:10"), call("08:20"))),
        customer(attempts=(call("08:00", -1), call("08:10"), call("08:20"))),
    ]
    for seen in refused:
        said = wording.says(BOOK, ask(seen))
        assert set(said) == set(words.LANGUAGES)
        assert not any("{" in text or text.startswith(("gate.", "jurisdictions.")) for text in said.values())


@settings(max_examples=150, deadline=None)
@given(
    hours=some.lists(some.integers(0, 24 * 8), max_size=6),
    holds=some.lists(some.integers(1, 24 * 9), max_size=2),
    zone=some.sampled_from(["Asia/Shanghai", "Asia/Urumqi", "Asia/Tokyo", None]),
    minute=some.integers(0, 24 * 60 - 1),
)
def test_the_end_that_a_refusal_names_is_the_first_moment_at_which_the_gate_permits(
    hours: list[int], holds: list[int], zone: str | None, minute: int
) -> None:
    now = at(f"{minute // 60:02}:{minute % 60:02}")
    seen = customer(
        zone=zone,
        attempts=tuple(call("00:00", -(hour // 24)) for hour in hours),
        holds=tuple(dispute(at("00:00", hour // 24)) for hour in holds),
    )
    verdict = rules.decide(BOOK, seen, now)
    if verdict.granted:
        return
    assert verdict.until_at is not None and verdict.until_at > now
    assert rules.decide(BOOK, seen, verdict.until_at).granted
    earlier = rules.moments_after(BOOK, seen, now, rules.zones_of(BOOK, seen))
    assert not any(rules.decide(BOOK, seen, moment).granted for moment in earlier if moment < verdict.until_at)


def test_what_came_in_is_no_attempt_under_the_cap_and_a_rule_may_count_it_all_the_same() -> None:
    came_in = replace(call("09:00"), direction="inbound", result="answered")
    counts = rules.tally((came_in, call("09:30"), call("08:30", -2)), at("10:00"), SHANGHAI, None)
    assert (counts["calls_today"], counts["calls_week"]) == (1, 2)
    assert (counts["calls_today_both_ways"], counts["calls_week_both_ways"]) == (2, 3)


@pytest.mark.parametrize(
    ("reason", "clause"),
    [
        ("complaint", "jurisdictions.default.complaint-hold"),
        ("payment-claimed", "jurisdictions.default.payment-claimed-hold"),
        ("complained-of", "jurisdictions.default.complained-of"),
    ],
)
def test_a_complaint_and_a_claimed_payment_stop_contact_until_they_end(reason: str, clause: str) -> None:
    verdict = ask(customer(holds=(HoldSeen(reason, at("12:00", 2)),)))
    assert (verdict.clause, verdict.until_at) == (clause, at("12:00", 2))
