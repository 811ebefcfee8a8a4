"""A project: loaded, bound, and ready to be asked."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segdsl.diagnostics import Diagnostic, Findings, FindingsError, SegdslError
from segdsl.diagnostics.wording import circle, known, suggest
from segdsl.files.discover import ProjectFiles, find_project, read_project
from segdsl.semantics import ir
from segdsl.semantics.binder import Binder
from segdsl.semantics.declarations import Given, Parameters, bind_catalog, bind_parameters
from segdsl.semantics.rows import event_time
from segdsl.semantics.scope import Frame
from segdsl.semantics.uses import Uses, uses
from segdsl.source import Span

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped]

    from segdsl.checks.validate import Report
    from segdsl.engines import Engine
    from segdsl.files.models import SegmentFile, SegmentRecord

Scalar = str | bool | int | float | Decimal | date
Value = Scalar | Sequence[Scalar]
"""The value of a parameter in Python; a datetime is a date here."""


@dataclass(frozen=True)
class Definition:
    """A segment as written: its record and the file it stands in."""

    name: str
    file: SegmentFile
    record: SegmentRecord

    @property
    def path(self) -> str:
        """The file, relative to the project."""
        return self.record.file.path


class Project:
    """All definitions of a project, bound. `findings` tells what is wrong with them."""

    def __init__(self, files: ProjectFiles, parameters: Mapping[str, Value] | None = None) -> None:
        self.root = files.root
        self.files = files
        self.findings = Findings(list(files.findings))
        self.definitions = {n: Definition(n, file, record) for n, (file, record) in files.segments.items()}
        self._given = {name: _given(value) for name, value in (parameters or {}).items()}
        self._bound: dict[str, ir.Segment | None] = {}
        self._open: list[str] = []
        self._references: dict[str, dict[str, None]] = {name: {} for name in self.definitions}
        self._mentions: dict[str, set[tuple[str, str]]] = {}
        self._uses: dict[str, Uses] = {}
        self._file_parameters: dict[int, Parameters] = {}
        self.catalog = bind_catalog(
            files.tables, self.timezone, self.findings, files.broken_tables, files.whole_catalog
        )
        self._shared = self._project_parameters()
        self._elsewhere = {name: f.file.path for f in reversed(files.segment_files) for name in f.params}
        self._binder = self.binder(self.findings)
        self._bind_all()

    @property
    def name(self) -> str:
        return self.files.project.name if self.files.project else self.root.name

    @property
    def timezone(self) -> str:
        return self.files.project.timezone if self.files.project else "UTC"

    @property
    def today(self) -> date:
        """Today on the project's calendar."""
        return datetime.now(ZoneInfo(self.timezone)).date()

    @property
    def paths(self) -> list[str]:
        """The files that could be read, relative to the project."""
        records = [*([self.files.project] if self.files.project else []), *self.files.catalogs]
        return [record.file.path for record in [*records, *self.files.segment_files]]

    # --- binding ------------------------------------------------------------------------------------------

    def _project_parameters(self) -> Parameters:
        records = self.files.project.params if self.files.project else {}
        there = {*records, *self.files.broken_params}
        there.update(name for file in self.files.segment_files for name in file.params)
        whole = self.files.whole_params and self.files.whole_segments
        for name in self._given:
            if name not in there and whole:
                help = suggest(name, there) or known("parameter", sorted(there))
                raise SegdslError(f"`--param {name}=…`: there is no parameter `{name}`", help)
        bound = bind_parameters(records, self._given, self.timezone, self.findings)
        return {**dict.fromkeys(self.files.broken_params), **bound}

    def _parameters_of(self, file: SegmentFile) -> Parameters:
        if id(file) not in self._file_parameters:
            shared = self.files.project.params if self.files.project else {}
            for name, record in file.params.items():
                if name in shared:
                    message = f"`${name}` is already a parameter of the project"
                    self.findings.add(
                        Diagnostic("duplicate-name", message, record.name_span, "rename one of the two")
                    )
            own = bind_parameters(file.params, self._given, self.timezone, self.findings)
            self._file_parameters[id(file)] = {**self._shared, **own}
        return self._file_parameters[id(file)]

    def binder(self, findings: Findings, file: SegmentFile | None = None) -> Binder:
        """A binder for expressions on this catalog; it sees the parameters of the project and of the file."""
        parameters = self._shared if file is None else self._parameters_of(file)

        def segment(name: str, at: Span) -> ir.Segment | None:
            return self._segment_named(binder, name, at)

        binder = Binder(self.catalog, findings, parameters, segment, self.files.whole_params, self._elsewhere)
        return binder

    def _bind_all(self) -> None:
        for file in self.files.segment_files:
            self._parameters_of(file)
        for table in self.catalog.tables.values():
            for attribute in table.attributes.values():
                self._binder.attribute(attribute, Frame(table), attribute.span)
        for name in self.definitions:
            self._bind(name)

    def _segment_named(self, binder: Binder, name: str, at: Span) -> ir.Segment | None:
        """The segment that a reference at `at` means."""
        if name not in self.definitions:
            if name not in self.files.broken_segments and self.files.whole_segments:
                others = [n for n in self.definitions if n not in self._open[-1:]]
                help = suggest(name, others) or known("segment", others)
                binder.error("unknown-name", f"there is no segment `{name}`", at, help)
            return None
        if self._open:
            self._references[self._open[-1]][name] = None
        if name in self._open:
            message, help = circle("segment", self._open[self._open.index(name) :])
            binder.error("cycle", message, at, help)
            return None
        return self._bind(name)

    def _bind(self, name: str) -> ir.Segment | None:
        if name not in self._bound:
            definition = self.definitions[name]
            own = Findings()
            binder = self._binder
            before = binder.findings, binder.parameters, binder.mentions
            binder.findings, binder.parameters, binder.mentions = (
                own,
                self._parameters_of(definition.file),
                {},
            )
            self._open.append(name)
            self._bound[name] = self._bound_body(definition)
            self._open.pop()
            self._mentions[name] = set().union(*binder.mentions.values())
            for attribute in binder.mentions.keys() - {None}:
                before[2].setdefault(attribute, set()).update(binder.mentions[attribute])
            binder.findings, binder.parameters, binder.mentions = before
            self.findings.extend(own.about(name))
        return self._bound[name]

    def _bound_body(self, definition: Definition) -> ir.Segment | None:
        entity = definition.file.entity
        table = self.catalog.tables.get(entity)
        if table is None:
            if not self.catalog.may_have(entity):
                help = suggest(entity, self.catalog.tables) or known("table", self.catalog.tables)
                # It is about the file, so that it is told once for all its segments.
                message = f"there is no table `{entity}`"
                self.findings.add(Diagnostic("unknown-name", message, definition.file.at("entity"), help))
            return None
        if table.key is None:
            message = f"`{entity}` has no key, so it can't be what a segment is about"
            help = "add `key: …` to it in the catalog"
            self.findings.add(Diagnostic("table-without-key", message, definition.file.at("entity"), help))
            return None
        tree = self._binder.parse(definition.record.where.fragment)
        condition = None if tree is None else self._binder.condition(tree, Frame(table))
        if condition is None:
            return None
        population = ir.Population(self.catalog.ir_table(entity), event_time(self._binder, table))
        return ir.Segment(definition.name, population, condition)

    # --- asking -------------------------------------------------------------------------------------------

    def check(self) -> Findings:
        """Everything that can be said without data."""
        return self.findings

    def segment(self, name: str) -> ir.Segment:
        """The bound segment of that name; SegdslError if there is none or it has errors."""
        if name not in self.definitions:
            help = suggest(name, self.definitions) or known("segment", self.definitions)
            raise SegdslError(f"there is no segment `{name}`", help)
        bound = self._bound[name]
        if bound is None:
            raise SegdslError(f"`{name}` has errors", "run `segdsl check`")
        return bound

    def uses(self, name: str) -> Uses | None:
        """What a segment reads, or None if it has errors."""
        bound = self._bound[name]
        if bound is not None and name not in self._uses:
            self._uses[name] = uses(bound)
        return self._uses.get(name)

    def attributes(self, name: str) -> set[tuple[str, str]]:
        """The attributes (table and name) that a segment rests on: those that it mentions, and theirs."""
        found = set(self._mentions[name])
        todo = list(found)
        while todo:
            new = self._binder.mentions.get(todo.pop(), set()) - found
            found |= new
            todo.extend(new)
        return found

    def references(self, name: str) -> list[str]:
        """The segments that a segment refers to, in order: those that it names, then those of attributes."""
        used = self.uses(name)
        return list(self._references[name] | dict.fromkeys(used.segments if used else ()))

    def select(self, wanted: str = "", exclude: str = "") -> list[str]:
        """The names that a selection means, in the project's order. Raises SegdslError where it means none."""
        from segdsl.selection import select

        return select(self, [wanted] if wanted else [], [exclude])

    def open(self, target: str | None = None) -> Engine:
        """The data of a target, read-only. Raises SegdslError."""
        from segdsl.targets import open_target

        return open_target(self, target)

    def raise_for_errors(self) -> None:
        """Raises FindingsError if the project has errors: nothing is compiled or measured from a wrong one."""
        if self.findings.has_errors:
            raise FindingsError("the project has errors", self.findings, "run `segdsl check`")

    def compile(
        self,
        name: str,
        dialect: str | None = None,
        as_of: date | None = None,
        target: str | None = None,
    ) -> str:
        """The SQL that selects the keys of the members, in the dialect of the target unless another is given.

        Raises FindingsError if the project has errors, and SegdslError."""
        from segdsl.statements import script, statements

        self.raise_for_errors()
        return script(statements(self, [name], "members", as_of, dialect, target))

    def members(self, name: str, as_of: date | None = None, target: str | None = None) -> pyarrow.Table:
        """The keys of the members, sorted: one column, named as the key.

        Raises FindingsError if the project has errors or the data is not what it declares, and SegdslError."""
        from segdsl.membership import members

        return members(self, [name], "members", as_of, target)

    def validate(
        self, names: list[str] | None = None, as_of: date | None = None, target: str | None = None
    ) -> Report:
        """The catalog held against the data, sizes and overlaps of the named segments, or of all.

        What breaks the catalog is among the report's findings. Raises FindingsError if the project has errors,
        and SegdslError."""
        from segdsl.checks.validate import validate

        return validate(self, names, as_of, target)


def load(path: str | Path = ".", params: Mapping[str, Value] | None = None) -> Project:
    """The project in a folder or its nearest parent, some of its parameters set.

    Values are Python's own, or texts as after `--param name=`. Raises SegdslError if there is no project, no
    such parameter, or a value is not of its type; mistakes in the project's files are its findings."""
    with _without_collecting():
        return Project(read_project(find_project(Path(path))), params)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Without the search for garbage, which costs loading a tenth of its time: what it makes, stays."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _given(value: Value) -> Given:
    """A parameter's value as the text that a file or command line would have."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case date():
            return value.isoformat()
        case Decimal():
            return f"{value:f}"
        case int() | float():
            return str(value)
        case _:
            return tuple(str(_given(item)) for item in value)
