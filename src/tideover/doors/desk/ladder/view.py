"""The ladder explained: made from the policy file, so it cannot say something else than what is done."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tideover.core import words
from tideover.doors.screens.roles import for_all_staff
from tideover.know.cases import queries as cases_queries
from tideover.know.cases import types as cases_types


@dataclass(frozen=True)
class Rung:
    """A stage in words."""

    title: str
    explanation: str
    owner: str
    facts: list[str]
    leads_on: list[dict[str, str]]


@for_all_staff
@require_safe
def ladder(request: HttpRequest) -> HttpResponse:
    """Every ladder in force, rung by rung."""
    language = request.language  # type: ignore[attr-defined]
    ladders = [
        {
            "title": each.title[language],
            "policy_id": each.policy_id,
            "version": each.version[:12],
            "rungs": [_rung(stage, each.rules, language) for stage in each.rules.stages],
        }
        for each in cases_queries.list_ladders()
    ]
    return render(request, "desk/ladder/ladder.html", {"ladders": ladders})


def _rung(stage: cases_types.StageRule, rules: cases_types.LadderRules, language: str) -> Rung:
    facts = []
    if stage.deadline_calendar_days is not None and not stage.is_end:
        days = stage.deadline_calendar_days
        code = "desk.ladder.deadline" if days else "desk.ladder.deadline.same-day"
        facts.append(words.render(code, language, count=days))
    if stage.minimum.attempts_count:
        facts.append(words.render("desk.ladder.attempts", language, count=stage.minimum.attempts_count))
    if stage.minimum.reviews_count:
        facts.append(words.render("desk.ladder.reviews", language, count=stage.minimum.reviews_count))
    if stage.skill:
        facts.append(words.render("desk.ladder.skill", language, skill=words.render(f"skill.{stage.skill}", language)))
    leads_on = [{"says": move.says[language], "to": rules.get(move.to).title[language]} for move in stage.moves]
    owner = words.render(f"desk.ladder.owner.{stage.owner}", language)
    return Rung(stage.title[language], stage.explanation[language], owner, facts, leads_on)
