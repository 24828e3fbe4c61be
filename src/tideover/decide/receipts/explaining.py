"""Putting a day's decision about a case into words: from its receipt, with the policies as they then were."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from tideover.core import words
from tideover.core.access import queries as access
from tideover.core.money import Money
from tideover.core.policy import queries as policy
from tideover.core.policy.types import PolicyFile
from tideover.decide.receipts.types import AccountExplained, DecisionDayRead, Explanation, StepPassed
from tideover.decide.snapshot import queries as snapshot
from tideover.decide.snapshot.columns import BY_NAME
from tideover.decide.strategy import queries as strategy

WORKED = ("contact",)


def explain(
    filed: DecisionDayRead,
    case_id: int,
    decided: Sequence[Mapping[str, Any]],
    facts: Sequence[Mapping[str, Any]],
    language: str,
) -> Explanation:
    """The explanation of a case out of its rows of ``decision_day`` and ``account_day``."""
    facts_of = {row["account_id"]: row for row in facts}
    accounts = tuple(_account(filed, row, facts_of[row["account_id"]], language) for row in decided)
    case = decided[0]
    sentences = tuple(_sentences(accounts, case, facts_of, filed, language))
    return Explanation(
        case_id=case_id,
        day=filed.day,
        language=language,
        accounts=accounts,
        collector_id=case["collector_id"],
        uncovered_cause=case["uncovered_cause"],
        assigned_cause=case["assigned_cause"],
        position=case["position"],
        order_reason=case["order_reason"],
        sentences=sentences,
        account_day_digest=filed.account_day_digest,
        collector_day_digest=filed.collector_day_digest,
        decision_day_digest=filed.decision_day_digest,
        policy_versions=filed.policy_versions,
    )


def _account(
    filed: DecisionDayRead, row: Mapping[str, Any], facts: Mapping[str, Any], language: str
) -> AccountExplained:
    reason, passed = words.render("receipts.uncovered", language), ()
    if row["strategy_id"] is not None:
        file = strategy.get_strategy(row["strategy_id"], row["strategy_version"])
        reason = strategy.explain(file, row["step"], facts, language)
        passed = tuple(_passed(file, row["step"], facts, language))
    clause = row["struck_clause"]
    return AccountExplained(
        account_id=row["account_id"],
        leads=row["leads"],
        stage=row["stage"],
        step=row["step"],
        action=row["action"],
        channel=row["channel"],
        strategy_id=row["strategy_id"],
        strategy_version=row["strategy_version"],
        reason=reason,
        passed=passed,
        struck_clause=clause,
        struck_says=None if clause is None else _clause(filed, clause, language),
    )


def _passed(file: PolicyFile, chosen: str, facts: Mapping[str, Any], language: str) -> Iterator[StepPassed]:
    """The steps before the chosen one, with what the account's facts were in each condition."""
    for step in file.data.steps:
        if step.name == chosen:
            return
        names = sorted(step.when.names)
        yield StepPassed(
            step=step.name,
            condition=step.when.text,
            looked_at=tuple((_title(name, language), _value(name, facts, language)) for name in names),
            was_unknown=step.when.evaluate(facts) is None,
        )


def _title(name: str, language: str) -> str:
    titles = BY_NAME[name].title
    return name if titles is None else titles[words.normal_language(language)]


def _value(name: str, facts: Mapping[str, Any], language: str) -> str:
    value = facts[name]
    if value is None:
        return words.render("receipts.not-known", language)
    if isinstance(value, bool):
        return words.render("receipts.yes" if value else "receipts.no", language)
    if BY_NAME[name].unit == "money":
        value = Money(value, facts["currency"])
    return words.say(value, language)


def _clause(filed: DecisionDayRead, clause: str, language: str) -> str:
    """A clause's title as it was then, or the words of the code where no file has it."""
    version = filed.policy_versions.get("jurisdictions", {}).get(clause)
    if version is None:
        return words.render(clause, language)
    return policy.get_version("jurisdictions", clause, version).title[words.normal_language(language)]


def _sentences(
    accounts: Sequence[AccountExplained],
    case: Mapping[str, Any],
    facts: Mapping[int, Mapping[str, Any]],
    filed: DecisionDayRead,
    language: str,
) -> Iterator[str]:
    lead = next((each for each in accounts if each.leads), accounts[0])
    row = facts[lead.account_id]
    yield lead.reason
    if len(accounts) > 1:
        yield words.render("receipts.says.accounts", language, count=len(accounts))
    owed = None if row["owed_amount"] is None else Money(row["owed_amount"], row["currency"])
    if owed is not None and row["dpd"] is not None and words.money(owed, language) not in lead.reason:
        yield words.render("receipts.says.owed", language, owed=owed, count=row["dpd"])
    if lead.passed:
        yield words.render("receipts.says.passed", language, count=len(lead.passed))
    if lead.struck_says is not None:
        yield words.render("receipts.says.struck", language, clause=lead.struck_says)
    elif lead.action == "review":
        yield words.render("receipts.says.review", language)
    elif lead.action == "find-contact-point":
        yield words.render("receipts.says.find-contact-point", language)
    elif lead.action in WORKED:
        yield from _who_and_when(case, row, language)
    if row.get("roll_path") is not None:
        yield snapshot.say_grade(row, language)
    yield words.render("receipts.says.inputs", language, digest=filed.account_day_digest[:12])


def _who_and_when(case: Mapping[str, Any], facts: Mapping[str, Any], language: str) -> Iterator[str]:
    if case["uncovered_cause"] is not None:
        yield words.render(
            "receipts.says.nobody",
            language,
            why=words.render(f"assignment.uncovered.{case['uncovered_cause']}", language),
        )
        return
    if case["collector_id"] is None:
        return
    name = access.get_display_names([case["collector_id"]]).get(case["collector_id"], str(case["collector_id"]))
    cause = words.render(f"assignment.cause.{case['assigned_cause']}", language)
    yield words.render("receipts.says.collector", language, collector=name, why=cause)
    due_at: datetime | None = case["due_at"]
    order = words.render(f"assignment.order.{case['order_reason']}", language, deadline=facts["stage_deadline_date"])
    if due_at is not None:
        moment = words.moment(due_at, language, facts["zone"])
        yield words.render("receipts.says.call-back", language, position=case["position"], moment=moment)
    else:
        yield words.render("receipts.says.position", language, position=case["position"], why=order)
