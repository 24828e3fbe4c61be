"""A sequence of steps: once, in order, and again from where it was cut off."""

import pytest
from django.db import OperationalError
from psycopg.errors import DeadlockDetected

from tideover.core.jobs import steps
from tideover.core.jobs.models import StepRun


class Cut(Exception):
    pass


def sequence(done: list[str], cut_at: str | None = None) -> list[steps.Step]:
    def act(name: str) -> dict[str, int]:
        if name == cut_at:
            raise Cut
        done.append(name)
        return {"rows": len(done)}

    return [steps.Step(name, lambda name=name: act(name)) for name in ("judge", "snapshot", "file")]


@pytest.mark.django_db
def test_a_day_runs_its_steps_once_and_a_second_run_changes_nothing() -> None:
    done: list[str] = []
    first = steps.run(sequence="day", key="1:2026-10-01", steps=sequence(done))
    second = steps.run(sequence="day", key="1:2026-10-01", steps=sequence(done))
    assert done == ["judge", "snapshot", "file"]
    assert [result.result for result in second] == [result.result for result in first]
    assert not any(result.was_done for result in first) and all(result.was_done for result in second)


@pytest.mark.django_db
def test_a_day_that_was_cut_off_goes_on_where_it_was() -> None:
    done: list[str] = []
    with pytest.raises(Cut):
        steps.run(sequence="day", key="1:2026-10-02", steps=sequence(done, cut_at="snapshot"))
    assert steps.list_done("day", "1:2026-10-02") == {"judge": {"rows": 1}}
    steps.run(sequence="day", key="1:2026-10-02", steps=sequence(done))
    assert done == ["judge", "snapshot", "file"]


@pytest.mark.django_db
def test_another_key_is_another_day() -> None:
    done: list[str] = []
    steps.run(sequence="day", key="1:2026-10-01", steps=sequence(done))
    steps.run(sequence="day", key="2:2026-10-01", steps=sequence(done))
    assert len(done) == 6 and StepRun.objects.count() == 6


@pytest.mark.django_db
def test_progress_hears_of_each_step_in_order() -> None:
    heard: list[str] = []
    steps.run(
        sequence="day",
        key="1:2026-10-03",
        steps=sequence([]),
        progress=lambda result: heard.append(f"{result.position}/{result.of} {result.name}"),
    )
    assert heard == ["1/3 judge", "2/3 snapshot", "3/3 file"]


@pytest.mark.django_db(transaction=True)
def test_a_step_that_gave_way_to_somebodys_act_begins_anew() -> None:
    tried: list[int] = []

    def act() -> dict[str, int]:
        tried.append(1)
        if len(tried) < 3:
            raise OperationalError("deadlock detected") from DeadlockDetected()
        return {"rows": len(tried)}

    steps.run(sequence="day", key="1:2026-10-04", steps=[steps.Step("judge", act)])
    assert steps.list_done("day", "1:2026-10-04") == {"judge": {"rows": 3}}


@pytest.mark.django_db(transaction=True)
def test_a_step_that_never_gets_its_turn_is_not_tried_for_ever() -> None:
    def act() -> dict[str, int]:
        raise OperationalError("deadlock detected") from DeadlockDetected()

    with pytest.raises(OperationalError):
        steps.run(sequence="day", key="1:2026-10-05", steps=[steps.Step("judge", act)])
    assert steps.list_done("day", "1:2026-10-05") == {}
