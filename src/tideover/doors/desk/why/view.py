"""Why this contact: from the day's receipt, in words, with what was looked at and which rules decided."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tideover.core import words
from tideover.core.access.types import Role
from tideover.core.clock import queries as clock_queries
from tideover.core.policy import queries as policy_queries
from tideover.decide.receipts import queries as receipts_queries
from tideover.decide.receipts import types as receipts_types
from tideover.doors.desk.case import pages
from tideover.doors.desk.work.queue import language_of_name
from tideover.doors.screens.roles import actor_of, for_roles
from tideover.know.cases import queries as cases_queries
from tideover.know.portfolio import queries as portfolio_queries


@for_roles(Role.COLLECTOR, Role.TEAM_LEADER, Role.QA_REVIEWER, Role.ANALYST)
@require_safe
def why(request: HttpRequest, case_id: int) -> HttpResponse:
    """The explanation of the open day, or of the day named by ``day``."""
    seen = pages.see(request, case_id, clock_queries.now())
    if pages.hides_amounts(actor_of(request), case_id):
        raise Http404
    day = _day(request.GET.get("day")) or receipts_queries.get_open_day(seen.client.id)
    explanation, problem = None, ""
    try:
        explanation = receipts_queries.explain(case_id, day, seen.language) if day else None
    except (receipts_types.DayNotFiled, receipts_types.CaseNotDecided) as nothing:
        problem = words.render(nothing, seen.language)
    name = pages.name_of(seen)
    context = {
        "seen": seen,
        "name": name,
        "name_language": language_of_name(name),
        "explanation": explanation,
        "accounts": _accounts(explanation, seen.language),
        "problem": problem,
    }
    return render(request, "desk/why/why.html", context)


def _accounts(explanation: receipts_types.Explanation | None, language: str) -> list[dict[str, Any]]:
    if explanation is None:
        return []
    titles = cases_queries.get_stage_titles()
    numbers = {
        each.id: each.number
        for each in portfolio_queries.list_accounts(each.account_id for each in explanation.accounts)
    }
    return [
        {
            "number": numbers.get(each.account_id, ""),
            "leads": each.leads,
            "reason": each.reason,
            "struck": each.struck_says,
            "passed": [_passed(step, titles, language) for step in each.passed],
            "strategy": each.strategy_id,
            "strategy_title": _strategy_title(each.strategy_id, language),
            "step": each.step,
            "step_title": _step_title(each.step, language),
            "version": (each.strategy_version or "")[:12],
        }
        for each in explanation.accounts
    ]


def _passed(step: receipts_types.StepPassed, titles: dict[str, dict[str, str]], language: str) -> dict[str, Any]:
    """A step that did not apply, with stages called as everywhere on the desk."""
    looked_at = [(name, titles.get(value, {}).get(language, value)) for name, value in step.looked_at]
    return {"title": _step_title(step.step, language), "condition": step.condition, "looked_at": looked_at}


def _step_title(step: str, language: str) -> str:
    """The step in words; one that a lender's own strategy adds is called by its name there."""
    code = f"desk.why.step.{step}"
    return words.render(code, language) if words.has(code) else step


def _strategy_title(strategy_id: str | None, language: str) -> str:
    found = (file for file in policy_queries.load("strategies") if file.id == strategy_id)
    return next((file.title[language] for file in found), strategy_id or "")


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise Http404 from wrong
