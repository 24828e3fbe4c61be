"""What is looked at on each page: WCAG by axe, targets by size, no sideways scrolling, and a picture if wanted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = (Path(__file__).parent / "axe-4.14.1.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LEAST_TARGET = 24


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.0 to 2.2 AA, and its best practices."""
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("rules => axe.run({runOnly: rules})", RULES)
    return [
        f"{each['id']} ({each['impact']}): {[node['target'] for node in each['nodes']][:3]}"
        for each in found["violations"]
    ]


def small_targets(page: Page) -> list[str]:
    """Buttons and fields, and links that stand by themselves, below 24 px; inline links are excepted."""
    return page.evaluate(
        """least => [...document.querySelectorAll('button, select, textarea, input, a, summary')]
            .filter(el => el.getClientRects().length && el.type !== 'hidden' && !el.classList.contains('skip'))
            .filter(el => !(el.tagName === 'A' && getComputedStyle(el).display === 'inline'))
            .map(el => [el, (el.closest('label.option') || el).getBoundingClientRect()])
            .filter(([, box]) => box.width < least || box.height < least)
            .map(([el, box]) => `${el.outerHTML.slice(0, 80)} ${Math.round(box.width)}x${Math.round(box.height)}`)""",
        LEAST_TARGET,
    )


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")


def keep_picture(page: Page, name: str) -> None:
    """Keep the page as a picture where somebody wants to look."""
    folder = os.environ.get("TIDEOVER_SCREENSHOTS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def complaints(page: Page, name: str) -> list[str]:
    """Everything that is wrong with how a page looks."""
    keep_picture(page, name)
    found = [*violations(page), *(f"small target: {each}" for each in small_targets(page))]
    if scrolls_sideways(page):
        found.append("scrolls sideways")
    return [f"{name}: {each}" for each in found]
