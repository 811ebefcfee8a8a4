"""Runs the blocks of a page one after the other, as its reader would.

A page works in a folder of its own. What the comment above a block may say:

* `in: examples/shop`: from here on, in a fresh copy of that folder; `in: nothing`: in an empty one;
* `file: segments/mine.yaml`: the block is that file. It is written, and the project must then be without
  errors; with `(with mistakes)` after the name, it must have some;
* `edit: catalog/orders.yaml`: a `diff` block, whose lines with `-` are replaced by those with `+`;
* `part of: catalog/orders.yaml`: these lines stand in that file, of the page's folder or the repository, indented by
  whatever it takes;
* `segments of: customers`: entries of `segments:` in a file about that entity;
* `keys of: segdsl.yaml`: keys that take the place of the project file's own;
* `about: orders`: what the expressions of a `segdsl` block are about, where it is not customers;
* `compile: win_back --as-of 2024-06-30`: the SQL block is what `segdsl compile …` prints;
* `not run: why`: nothing is run, and the reason is one that a test knows.
"""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import shlex
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from click.testing import CliRunner

import segdsl
from segdsl.cli.main import main
from segdsl.diagnostics import Findings
from segdsl.diagnostics.render import render
from tests.docs.pages import ROOT, Block, agrees, blocks, is_cut

EXCUSES = frozenset({"installs from the network", "runs for a minute", "is for another shell"})
"""The reasons for which a block may go without being run."""

_DIRECTIVES = frozenset(
    {"in", "file", "edit", "part of", "segments of", "keys of", "about", "compile", "not run"}
)
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.parquet")


@dataclass(frozen=True)
class Problem:
    """A block that is not what it says. `better` is its text as it should be, where that can be made."""

    block: Block
    message: str
    better: str | None = None

    def __str__(self) -> str:
        return f"line {self.block.line}: {self.message}"


@dataclass
class Session:
    """The state of one page: its folder, what was exported, Python's names, and the last exit code."""

    scratch: Path
    home: Path = field(init=False)
    here: Path = field(init=False)
    environment: dict[str, str] = field(default_factory=dict)
    names: dict[str, object] = field(default_factory=dict)
    exit_code: int = 0

    def __post_init__(self) -> None:
        self.enter("nothing")

    def enter(self, folder: str) -> None:
        """A fresh copy of a folder of the repository, or an empty folder."""
        number = sum(1 for _ in self.scratch.iterdir())
        self.home = self.here = self.scratch / f"{number}" / (Path(folder).name or "copy")
        if folder == "nothing":
            self.here.mkdir(parents=True)
        else:
            shutil.copytree(ROOT / folder, self.here, ignore=_NOT_COPIED)

    def run(self, block: Block) -> Problem | None:
        unknown = [key for key, _ in block.directives if key not in _DIRECTIVES]
        if unknown:
            return Problem(block, f"no such directive: {unknown[0]}")
        if (folder := block.get("in")) is not None:
            self.enter(folder)
        if (reason := block.get("not run")) is not None:
            return _excused(block, reason)
        if (path := block.get("part of")) is not None:
            return self._part(block, path)
        if block.language not in _KINDS:
            return Problem(block, f"nothing runs a block of the kind `{block.language}`")
        return _KINDS[block.language](self, block)

    # --- kinds of blocks ----------------------------------------------------------------------------------

    def _console(self, block: Block) -> Problem | None:
        """Lines that start with `$ ` are commands, each followed by what it prints."""
        problems: list[str] = []
        text = ""
        for command, shown in _commands(block.text):
            if command is None:
                return Problem(block, "a console block starts with `$ ` and a command")
            found = self.command(command)
            if found is None:
                return Problem(block, f"nothing runs `{command}`")
            right = agrees(shown, found)
            text += f"$ {command}\n" + (
                shown if right else "\n".join(map(str.rstrip, found.splitlines())) + "\n"
            )
            if not right:
                problems.append(f"`{command}` prints\n{found}")
        return Problem(block, "\n".join(problems), text) if problems else None

    def _yaml(self, block: Block) -> Problem | None:
        if (path := block.get("file")) is not None:
            name, wrong = path.removesuffix("(with mistakes)").strip(), path.endswith("(with mistakes)")
            target = self.here / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.text, encoding="utf-8")
            return self._checked(block, self.here, wrong)
        if (entity := block.get("segments of")) is not None:
            content = f"entity: {entity}\nsegments:\n{textwrap.indent(block.text, '  ')}"
            with self._aside() as copy:
                (copy / "segments" / "of_the_page.yaml").write_text(content, encoding="utf-8")
                return self._checked(block, copy)
        if (path := block.get("keys of")) is not None:
            with self._aside() as copy:
                file = copy / path
                file.write_text(_replaced(file.read_text(encoding="utf-8"), block.text), encoding="utf-8")
                return self._checked(block, copy)
        return Problem(block, "a yaml block needs to be told `file`, `part of`, `segments of` or `keys of`")

    def _expressions(self, block: Block) -> Problem | None:
        """Conditions, each from a line that is not indented to the next such line."""
        entity = block.get("about") or "customers"
        conditions = [each.rstrip() for each in re.split(r"\n+(?=\S)", block.text) if each.strip()]
        content = f"entity: {entity}\nsegments:\n"
        for number, condition in enumerate(conditions, 1):
            content += f"  of_the_page_{number}:\n    where: |\n{textwrap.indent(condition, ' ' * 6)}\n"
        with self._aside() as copy:
            (copy / "segments" / "of_the_page.yaml").write_text(content, encoding="utf-8")
            return self._checked(block, copy)

    def _diff(self, block: Block) -> Problem | None:
        if (path := block.get("edit")) is None:
            return Problem(block, "a diff block needs to be told which file it changes: `edit`")
        sides = {"-": "", "+": ""}
        for line in block.text.splitlines(keepends=True):
            for sign in sides:
                if line[0] in (sign, " "):
                    sides[sign] += " " + line[1:]
        old, new = (textwrap.dedent(side) for side in sides.values())
        file = self.here / path
        before = file.read_text(encoding="utf-8")
        for depth in sorted({len(line) - len(line.lstrip()) for line in before.splitlines()}):
            indented = textwrap.indent(old, " " * depth)
            if before.count(indented) == 1:
                file.write_text(before.replace(indented, textwrap.indent(new, " " * depth)), encoding="utf-8")
                return None
        return Problem(block, f"`{path}` does not have these lines, or more than once")

    def _sql(self, block: Block) -> Problem | None:
        if (arguments := block.get("compile")) is None:
            return Problem(block, "an sql block needs to be told what it is the compilation of: `compile`")
        found = self.command(f"segdsl compile {arguments}") or ""
        return None if agrees(block.text, found) else Problem(block, f"it compiles to\n{found}", found)

    def _python(self, block: Block) -> Problem | None:
        """Statements with `>>>` and what they print."""
        test = doctest.DocTestParser().get_doctest(block.text, self.names, "page", "page", block.line)
        if not test.examples:
            return Problem(block, "statements start with `>>> `")
        told = io.StringIO()
        with contextlib.chdir(self.here), self._exported():
            doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE).run(
                test, out=told.write, clear_globs=False
            )
        self.names = test.globs
        return Problem(block, told.getvalue()) if told.getvalue() else None

    def _part(self, block: Block, path: str) -> Problem | None:
        content = textwrap.dedent(block.text).splitlines()
        file = next(folder / path for folder in (self.here, ROOT) if (folder / path).exists())
        lines = file.read_text(encoding="utf-8").splitlines()
        for depth in sorted({len(line) - len(line.lstrip()) for line in lines}):
            indented = [line if is_cut(line) else (" " * depth + line).rstrip() for line in content]
            if agrees("\n".join(["…", *indented, "…"]), "\n".join(lines)):
                return None
        return Problem(block, f"`{path}` has no such lines")

    # --- commands -----------------------------------------------------------------------------------------

    def command(self, line: str) -> str | None:
        """What a command prints, both streams together as on a terminal; None if it can't be run here."""
        match shlex.split(line, comments=True):
            case ["cd", folder]:
                self.here = (self.here / folder).resolve(strict=True)
                return ""
            case ["export", setting]:
                name, _, value = setting.partition("=")
                self.environment[name] = value
                return ""
            case ["echo", "$?"]:
                return f"{self.exit_code}\n"
            case ["cat", name]:
                return (self.here / name).read_text(encoding="utf-8")
            case ["python", script]:
                subprocess.run([sys.executable, script], cwd=self.here, check=True, capture_output=True)
                return ""
            case ["segdsl", *arguments]:
                with contextlib.chdir(self.here), self._exported():
                    result = CliRunner().invoke(main, arguments, prog_name="segdsl")
                if result.exception and not isinstance(result.exception, SystemExit):
                    raise result.exception
                self.exit_code = result.exit_code
                return result.output
        return None

    @contextlib.contextmanager
    def _exported(self) -> Iterator[None]:
        before = dict(os.environ)
        # Pages show what is printed without a terminal, whatever the one at hand asks for.
        os.environ.pop("FORCE_COLOR", None)
        os.environ.update(self.environment)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)

    @contextlib.contextmanager
    def _aside(self) -> Iterator[Path]:
        """A copy of the page's project, so that a block does not change it for the next."""
        copy = self.scratch / "aside"
        shutil.copytree(self.here, copy)
        try:
            yield copy
        finally:
            shutil.rmtree(copy)

    def _checked(self, block: Block, folder: Path, wrong: bool = False) -> Problem | None:
        project = segdsl.load(folder)
        findings = project.check()
        if not findings.has_errors:
            findings = Findings([*findings, *project.check_examples()])
        if wrong:
            return None if len(findings) else Problem(block, "it should have mistakes, and has none")
        return Problem(block, render(findings)) if len(findings) else None


_KINDS: dict[str, Callable[[Session, Block], Problem | None]] = {
    "console": Session._console,
    "yaml": Session._yaml,
    "segdsl": Session._expressions,
    "diff": Session._diff,
    "sql": Session._sql,
    "python": Session._python,
}


def run_page(text: str, scratch: Path) -> list[Problem]:
    """The problems of a page, whose blocks are run in order in folders made under `scratch`."""
    session = Session(scratch)
    problems = (session.run(block) for block in blocks(text))
    return [problem for problem in problems if problem is not None]


def _excused(block: Block, reason: str) -> Problem | None:
    """Of a block that is not run, at least the targets of make must be there."""
    if reason not in EXCUSES:
        return Problem(block, f"`{reason}` is no reason: {', '.join(sorted(EXCUSES))}")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^\$ make (\S+)", block.text, re.M):
        if not re.search(rf"^{re.escape(target)}:", makefile, re.M):
            return Problem(block, f"the Makefile has no target `{target}`")
    return None


def _commands(text: str) -> Iterator[tuple[str | None, str]]:
    """Commands and what is shown below them; blanks before `#` start a remark."""
    command: str | None = None
    shown = ""
    for line in text.splitlines(keepends=True):
        if line.startswith("$ "):
            if command is not None:
                yield command, shown
            command, shown = line[2:].rstrip("\n"), ""
        else:
            shown += line
    yield command, shown


def _replaced(content: str, keys: str) -> str:
    """A YAML file with some of its keys replaced by, or extended with, those of another."""

    def split(text: str) -> dict[str, str]:
        parts = re.split(r"^(?=\w+:)", text, flags=re.M)
        return {part.partition(":")[0]: part for part in parts if part.strip()}

    return "".join((split(content) | split(keys)).values())
