"""Ctrl-C while an engine works."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from segdsl.engines.interrupting import interruptible


@pytest.fixture
def heeding_ctrl_c() -> Iterator[None]:
    """Tests may run in the background, where shells have it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_what_work_gives() -> None:
    assert interruptible(lambda: 3, lambda: None) == 3


def test_what_work_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0, lambda: None)


def test_work_that_has_not_begun_is_cancelled_too(heeding_ctrl_c: None) -> None:
    """An engine that is told to stop before it has a statement goes on with the next one."""
    cancelled, told = threading.Event(), []

    def cancel() -> None:
        told.append(time.monotonic())
        if len(told) == 3:
            cancelled.set()

    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        interruptible(lambda: cancelled.wait(30), cancel)
    assert len(told) == 3
