"""What one policy file says about another: stages, skills and products that must exist. No Django."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tideover.core.policy import condition_tree as tree
from tideover.core.policy.types import Fault, PolicyFile


def cross_check(files: Sequence[PolicyFile]) -> list[Fault]:
    """Strategies name only stages and skills of a ladder; every product that is named has its file."""
    ladders = [file for file in files if file.kind == "stages"]
    stages = {stage.name for file in ladders for stage in file.data.stages}
    skills = {stage.skill for file in ladders for stage in file.data.stages if stage.skill}
    products = {file.data.product for file in files if file.kind == "products"}
    faults: list[Fault] = []
    for file in ladders:
        for product in file.data.products:
            if product not in products:
                faults.append(_fault("policy-unknown-product", file, f"{product}", product, products))
    for file in files:
        if file.kind != "strategies":
            continue
        for condition in file.data.conditions:
            for stage in literals_beside(condition.root, "stage"):
                if stage not in stages:
                    faults.append(_fault("policy-unknown-stage", file, f"'{stage}'", stage, stages))
            for product in literals_beside(condition.root, "product"):
                if product not in products:
                    faults.append(_fault("policy-unknown-product", file, f"'{product}'", product, products))
        for step in file.data.every_step:
            if step.do.skill is not None and step.do.skill not in skills:
                faults.append(_fault("policy-unknown-skill", file, f"skill: {step.do.skill}", step.do.skill, skills))
    return faults


def literals_beside(node: tree.Node, column: str) -> Iterator[str]:
    """Every text that a condition compares the column with."""
    parts = node.children()
    if isinstance(node, tree.Compare | tree.IsIn) and any(isinstance(p, tree.Name) and p.name == column for p in parts):
        yield from (part.literal for part in parts if isinstance(part, tree.Literal))
    for part in parts:
        yield from literals_beside(part, column)


def _fault(code: str, file: PolicyFile, written: str, name: str, known: set[str]) -> Fault:
    lines = file.text.splitlines()
    line = next((number for number, text in enumerate(lines, 1) if written in text), 1)
    return Fault(code, file.shown_path, line, name=name, known=", ".join(sorted(known)) or "–")
