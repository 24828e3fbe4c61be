"""What the worker does for a demo: replays its days, and plays a call to a person at the desk."""

from __future__ import annotations

import os

from procrastinate import JobContext
from procrastinate.contrib.django import app

PROCESSES = 2


@app.task(queueing_lock="replay-demo", lock="replay-demo", pass_context=True)
def replay_demo(context: JobContext) -> None:
    """Play the demo's days that are not yet played. Idempotent: a killed replay goes on where it was."""
    from tideover.rehearsal import demo

    demo.replay(processes=min(PROCESSES, os.cpu_count() or 1), is_stopping=context.should_abort)


@app.task(pass_context=True)
def play_call(context: JobContext, call_id: int) -> None:
    """Tell the line's events of one call, with short delays."""
    from tideover.rehearsal import live_calls

    live_calls.play(call_id, is_stopping=context.should_abort)
