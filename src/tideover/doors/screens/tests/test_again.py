"""While a day is decided, somebody at the desk presses a key: one of the two has to give way, and nobody notices."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.sessions.backends.base import SessionBase
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation
from psycopg.errors import DeadlockDetected, SerializationFailure

from tideover.doors.screens import again, toasts

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def request_of_somebody(rf: RequestFactory) -> Iterator[HttpRequest]:
    request = rf.post("/cases/1/record")
    request.session = SessionBase()  # type: ignore[assignment]
    request.language = "zh-Hans"  # type: ignore[attr-defined]
    request.user = None  # type: ignore[assignment]
    with translation.override("zh-hans"):
        yield request


def giving_way(times: int, cause: Exception) -> Any:
    tried: list[int] = []

    def view(request: HttpRequest) -> HttpResponse:
        tried.append(1)
        toasts.add(request, "recorded")
        if len(tried) <= times:
            raise OperationalError(str(cause)) from cause
        return HttpResponse(f"try {len(tried)}")

    return view


@pytest.mark.parametrize("cause", [DeadlockDetected(), SerializationFailure()])
def test_what_gave_way_is_done_again_and_said_once(request_of_somebody: HttpRequest, cause: Exception) -> None:
    answer = again.answer(giving_way(2, cause), request_of_somebody)
    assert answer.content == b"try 3"
    assert toasts.take(request_of_somebody) == [{"text": "recorded", "signal": "go"}]


def test_who_always_has_to_give_way_is_told_that_nothing_was_changed(request_of_somebody: HttpRequest) -> None:
    answer = again.answer(giving_way(99, DeadlockDetected()), request_of_somebody)
    assert answer.status_code == 503 and answer["Retry-After"]
    assert "内容未作更改" in answer.content.decode()
    assert toasts.take(request_of_somebody) == []


def test_what_failed_for_another_reason_is_not_done_again(request_of_somebody: HttpRequest) -> None:
    view = giving_way(1, ValueError("the disk is full"))
    with pytest.raises(OperationalError):
        again.answer(view, request_of_somebody)
    assert again.answer(view, request_of_somebody).content == b"try 2"


def test_two_who_wait_for_each_other_in_postgresql_both_come_through(request_of_somebody: HttpRequest) -> None:
    locks = ((1, 2), (2, 1))
    both_hold_one = threading.Barrier(2, timeout=20)
    answers: list[bytes] = []

    def writes(first: int, second: int) -> Any:
        tried: list[int] = []

        def view(request: HttpRequest) -> HttpResponse:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(88000, %s)", [first])
                if not tried:
                    tried.append(1)
                    both_hold_one.wait()
                cursor.execute("SELECT pg_advisory_xact_lock(88000, %s)", [second])
            return HttpResponse(b"written")

        return view

    def one(pair: tuple[int, int]) -> None:
        request = RequestFactory().post("/")
        answers.append(again.answer(writes(*pair), request).content)
        connection.close()

    people = [threading.Thread(target=one, args=(pair,)) for pair in locks]
    for each in people:
        each.start()
    for each in people:
        each.join(30)
    assert answers == [b"written", b"written"]
