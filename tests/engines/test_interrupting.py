"""Ctrl-C while an engine works."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from segdsl.engines.interrupting import interruptible


def test_what_work_gives() -> None:
    assert interruptible(lambda: 3, lambda: None) == 3


def test_what_work_raises() -> None:
    with pytest.raises(ZeroDivisionError):
        interruptible(lambda: 1 // 0, lambda: None)


def test_work_that_has_not_begun_is_cancelled_too() -> None:
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
