"""A long list in pages: filters are kept, and what the address says is read with suspicion."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import RequestFactory

from tideover.doors.screens import paging

ROWS = [(datetime(2026, 10, 1, 9, each % 60, tzinfo=UTC), each) for each in range(paging.SIZE * 2 + 5)]


def test_pages_follow_one_another_and_keep_the_filters() -> None:
    seen, address = [], "?reason=dispute"
    for _ in range(3):
        request = RequestFactory().get(f"/holds{address}")
        assert request.GET["reason"] == "dispute"
        after = paging.place(request, paging.instant, paging.row_id)
        begins = 0 if after is None else ROWS.index(after) + 1
        page = paging.cut(request, ROWS[begins : begins + paging.SIZE + 1], lambda row: row)
        seen += page.rows
        address = page.next_url
    assert seen == ROWS and address == ""
    assert page.first_url == "?reason=dispute"


def test_a_short_list_has_one_page() -> None:
    page = paging.cut(RequestFactory().get("/holds"), ROWS[:3], lambda row: row)
    assert (page.rows, page.next_url, page.first_url) == (ROWS[:3], "", "")


@pytest.mark.parametrize(
    "after", ["", "x", "x~1", "2026-10-01T09:00~1", "2026-10-01T09:00:00+00:00~-1", "~" * 9, "a~٣"]
)
def test_a_place_that_nobody_wrote_is_the_beginning(after: str) -> None:
    request = RequestFactory().get("/holds", {"after": after})
    assert paging.place(request, paging.instant, paging.row_id) is None


def test_filters_are_short_and_without_nul() -> None:
    request = RequestFactory().get("/holds", {"reason": " dis\0pute ", "who": "w" * 500})
    assert paging.filters(request, "reason", "who", "other") == {"reason": "dispute", "who": "w" * 120, "other": ""}
    assert paging.read_date("2026-13-01") is None
