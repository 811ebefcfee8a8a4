"""Measuring processes, fairly on a machine that has other things to do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Time:
    """Seconds: by the clock, and of the processor (all threads, and the kernel on their behalf)."""

    wall: float
    cpu: float


def python(code: str, *arguments: str) -> list[str]:
    """The command that runs a program in this interpreter."""
    return [sys.executable, "-c", code, *arguments]


def run(command: Sequence[str]) -> Time:
    """The time of one process, start and end included. Raises RuntimeError where it fails."""
    before = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=_environment()
    )
    assert process.stderr is not None
    told = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode != 0:
        raise RuntimeError(f"{command} ended with {process.returncode}:\n{told}")
    return Time(wall, usage.ru_utime + usage.ru_stime)


def interleaved(commands: Mapping[str, Sequence[str]], rounds: int) -> dict[str, Time]:
    """The median times of commands that take turns, so that a busy moment of the machine hits all of them.

    A first round warms the files and is not counted.
    """
    times: dict[str, list[Time]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            taken = run(command)
            if number:
                times[name].append(taken)
    return {
        name: Time(median(t.wall for t in taken), median(t.cpu for t in taken))
        for name, taken in times.items()
    }


def _environment() -> dict[str, str]:
    """This process's, with this checkout's segdsl before any that is installed."""
    paths = [str(ROOT), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in paths if path)}
