"""Bad inputs and what is told of them, one file of cases for each topic under `cases/`.

    ==== what is wrong
    ---- segments/a.yaml [crlf]
    …the file, written beside (or in place of) the shop's…
    ---- $ segdsl check
    exit 1
    …standard output…
    ! …a line of standard error…

`---- where` is the condition of a segment about customers, in a block of its own. What stands in brackets says
how the file is stored: see `ENCODINGS`. A command that ends in `>/dev/null` is held to its errors alone. Write the expectations anew with `python -m tests.diagnostics.snapshots`,
and read what changed: a snapshot nobody has read proves nothing.
"""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from segdsl.cli.main import main
from tests.diagnostics import shop

CASES = Path(__file__).parent / "cases"
_HEADER = re.compile(r"---- (?P<name>[^\[\n]*?)(?: \[(?P<how>[\w-]+)\])?")
_NOWHERE = ">/dev/null"
_WHERE = "segments/case.yaml"
_SUMMARY = re.compile(r"\d+ segments? checked: ")

ENCODINGS: Mapping[str, Callable[[str], bytes | None]] = {
    "utf-8": lambda text: text.encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "bom": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "latin-1": lambda text: text.encode("latin-1"),
    "utf-16": lambda text: text.encode("utf-16"),
    "escaped": lambda text: text.encode("ascii").decode("unicode_escape").encode(),
    "parquet": shop.parquet,
    "left-out": lambda text: None,
}


@dataclass(frozen=True)
class File:
    """A file of a case: its text as written there, and how it is stored."""

    name: str
    text: str
    how: str

    @property
    def content(self) -> bytes | None:
        return ENCODINGS[self.how](self.text)


@dataclass(frozen=True)
class Case:
    """A bad input: files of the shop, a command, and what it says."""

    topic: str
    name: str
    files: tuple[File, ...]
    command: str
    expected: str

    @property
    def arguments(self) -> list[str]:
        return [word for word in shlex.split(self.command)[1:] if word != _NOWHERE]

    @property
    def told(self) -> str:
        """What it says, whichever stream it says it on."""
        return re.sub(r"^! ?", "", self.expected, flags=re.MULTILINE)

    def write(self, folder: Path) -> Path:
        """The shop with the files of this case, in a folder."""
        return shop.write(folder, {file.name: file.content for file in self.files})

    def run(self, folder: Path, *more: str) -> Result:
        """The command as typed in the folder that the project is in."""
        arguments = [each.replace("FOLDER", str(folder)) for each in self.arguments]
        return CliRunner().invoke(main, ["-C", str(folder), *arguments, *more], prog_name="segdsl")

    def said(self, result: Result, folder: Path) -> str:
        """What the command printed, as the file of cases has it."""
        errors = [f"! {line}" for line in result.stderr.splitlines() if not _SUMMARY.match(line)]
        shown = [] if self.command.endswith(_NOWHERE) else result.stdout.splitlines()
        lines = [f"exit {result.exit_code}", *shown, *errors]
        return "\n".join(line.replace(str(folder), "FOLDER").rstrip(" ") for line in lines)


def read(path: Path) -> Iterator[Case]:
    """The cases of one topic."""
    for part in re.split(r"^==== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, body = part.partition("\n")
        files: list[File] = []
        command = expected = ""
        for section in re.split(r"^(?=---- )", body, flags=re.MULTILINE)[1:]:
            header, _, text = section.partition("\n")
            found = _HEADER.fullmatch(header)
            assert found, f"{path.name}: what is `{header}`?"
            name = found["name"]
            if name.startswith("$ "):
                command, expected = name[2:], text.strip("\n")
            elif name == "where":
                block = "".join(f"      {line}\n" for line in text.strip("\n").split("\n"))
                files.append(
                    File(_WHERE, f"entity: customers\nsegments:\n  it:\n    where: |\n{block}", "utf-8")
                )
            else:
                files.append(File(name, text, found["how"] or "utf-8"))
        assert command, f"{path.name}: `{title}` has no command"
        yield Case(path.stem, title, tuple(files), command, expected)


def all_cases() -> list[Case]:
    return [case for path in sorted(CASES.glob("*.txt")) for case in read(path)]


def update() -> None:
    """Writes what each case says now in place of what was expected."""
    for path in sorted(CASES.glob("*.txt")):
        text = path.read_text(encoding="utf-8")
        for case in read(path):
            with tempfile.TemporaryDirectory() as name:
                folder = case.write(Path(name) / "shop")
                said = case.said(case.run(folder), folder)
            start = text.index(f"==== {case.name}\n")
            command = f"---- $ {case.command}\n"
            at = text.index(command, start) + len(command)
            next_case = text.find("\n==== ", at - 1)
            text = text[:at] + said + "\n" + ("" if next_case < 0 else "\n" + text[next_case + 1 :])
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    os.environ.pop("NO_COLOR", None)
    update()
