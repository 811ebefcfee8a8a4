"""Real processes: pipes that close, Ctrl-C, terminals, encodings, full disks."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.cli.small import DAY, write

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals and shells of POSIX")

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-m", "segdsl"]


def environment(**changes: str) -> dict[str, str]:
    kept = {n: v for n, v in os.environ.items() if n not in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES")}
    return kept | {"PYTHONPATH": str(ROOT)} | changes


def segdsl(folder: Path, *arguments: str, **changes: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*COMMAND, *arguments], cwd=folder, env=environment(**changes), capture_output=True, check=False
    )


def shell(folder: Path, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", script.replace("segdsl ", f"{sys.executable} -m segdsl ")],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small project, with more people than a pipe holds."""
    rows = "".join(f"{number},ID,\n" for number in range(100_000))
    return write(
        tmp_path_factory.mktemp("many"),
        data__people=f"id,region,shop\n{rows}",
        segments__people="entity: people\nsegments:\n  all: region = 'ID'\n",
    )


@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
def test_a_closed_pipe_is_quiet(many: Path, form: str) -> None:
    done = shell(many, f"segdsl members all --output-format {form} {' '.join(DAY)} | head -1")
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    ["check", "ls", f"size {' '.join(DAY)}", "explain segment all", "explain unknown-name", "compile"],
)
def test_nobody_reads(many: Path, command: str) -> None:
    done = shell(many, f"segdsl {command} | true")
    assert done.returncode == 0
    assert "Error" not in done.stderr and "Traceback" not in done.stderr


def test_large_outputs_are_whole(many: Path) -> None:
    done = segdsl(many, "members", "all", *DAY)
    assert done.returncode == 0
    assert done.stdout.decode().splitlines() == ["id", *map(str, range(100_000))]
    assert json.loads(segdsl(many, "members", "all", *DAY, "--output-format", "json").stdout)["members"] == [
        *range(100_000)
    ]


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_a_full_disk_is_told(many: Path) -> None:
    for command in ("ls", f"members all {' '.join(DAY)}"):
        done = shell(many, f"segdsl {command} > /dev/full")
        assert done.returncode == 2
        assert done.stderr == "error: No space left on device\n"


def test_a_closed_standard_output(many: Path) -> None:
    done = shell(many, f"segdsl members all {' '.join(DAY)} >&-")
    assert (done.returncode, done.stderr) == (0, "")


SLOW = """\
import sys, time
from segdsl.cli import asking
from segdsl.cli.main import main
def load(self):
    print("loading", flush=True)
    time.sleep(60)
asking.Run.load = load
main(sys.argv[1:])
"""


def heeding_ctrl_c() -> None:
    """Tests may run in the background, where shells have it ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_ctrl_c_is_quiet(many: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SLOW, "check"],
        cwd=many,
        preexec_fn=heeding_ctrl_c,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "loading\n"
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=30)
    assert (process.returncode, told) == (130, "")


def test_ctrl_c_while_the_engine_works_is_quiet(tmp_path: Path) -> None:
    """The engine is stopped too, and its temporary folder goes away."""
    import duckdb

    folder = write(
        tmp_path / "project",
        segdsl="language: 1\nname: slow\ntargets: {dev: {engine: duckdb, database: slow.duckdb}}\n",
        catalog__people="tables:\n  people: {key: id, columns: {id: integer}}\n",
        segments__people="entity: people\nsegments:\n  some: id > 1\n",
        segments__more__shops=None,
    )
    with duckdb.connect(str(folder / "slow.duckdb")) as connection:
        # A view that would take hours.
        connection.execute(
            "create view people as select max(sin(a.range + b.range))::bigint as id from range(10000000) a, range(10000000) b"
        )
    (tmp_path / "temporary").mkdir()
    with subprocess.Popen(
        [*COMMAND, "members", "some"],
        cwd=folder,
        preexec_fn=heeding_ctrl_c,
        env=environment(TMPDIR=str(tmp_path / "temporary")),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        deadline = time.monotonic() + 30
        while not os.listdir(tmp_path / "temporary") and time.monotonic() < deadline:
            time.sleep(0.05)
        time.sleep(1.5)
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=30)
    assert (process.returncode, out, told) == (130, "", "")
    assert os.listdir(tmp_path / "temporary") == []


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_data_is_utf8_whatever_the_locale(tmp_path: Path, encoding: str) -> None:
    folder = write(tmp_path, data__shops="code,city\nä€,Oslo\n客,Oslo\n")
    done = segdsl(folder, "members", "in_oslo", *DAY, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.stdout.decode() == "code\nä€\n客\n"


def on_a_terminal(folder: Path, *arguments: str, columns: int = 100, **changes: str) -> tuple[str, int]:
    """What a command shows on a terminal so wide, and its exit code."""
    import pty
    import struct
    from fcntl import ioctl
    from termios import TIOCSWINSZ

    outer, inner = pty.openpty()
    ioctl(inner, TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    process = subprocess.Popen(
        [*COMMAND, *arguments],
        cwd=folder,
        env=environment(TERM="xterm", **changes),
        stdin=inner,
        stdout=inner,
        stderr=subprocess.DEVNULL,
    )
    os.close(inner)
    shown: list[bytes] = []
    while True:
        try:
            read = os.read(outer, 4096)
        except OSError:
            break
        if not read:
            break
        shown.append(read)
    os.close(outer)
    return b"".join(shown).decode().replace("\r\n", "\n"), process.wait()


def test_on_a_terminal_ls_is_a_table(kept: Path) -> None:
    wide, code = on_a_terminal(kept, "ls", "--no-color", columns=160)
    assert code == 0
    lines = wide.splitlines()
    assert lines[0].split() == ["segment", "of", "title", "owner", "tags", "place"]
    assert lines[6].split() == [
        "loyal", "people", "crm@shop.example", "activation,", "email", "segments/people.yaml:9",
    ]  # fmt: skip
    narrow, _ = on_a_terminal(kept, "ls", "--no-color", columns=50)
    assert narrow.splitlines()[0].split() == ["segment", "title", "place"]
    assert all(len(line) <= 50 for line in narrow.splitlines())


def test_on_a_terminal_there_is_color_unless_it_is_not_wanted(kept: Path) -> None:
    assert "\x1b[" in on_a_terminal(kept, "size", *DAY)[0]
    for arguments, changes in ((("--no-color",), {}), ((), {"NO_COLOR": "1"})):
        changed: dict[str, Any] = changes
        assert "\x1b[" not in on_a_terminal(kept, "size", *DAY, *arguments, **changed)[0]
