"""A project: loaded, bound, and ready to be asked."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from segdsl.diagnostics import Diagnostic, Findings, FindingsError, SegdslError
from segdsl.diagnostics.wording import circle, known, suggest
from segdsl.files.discover import ProjectFiles, find_project, read_project
from segdsl.files.models import SegmentRecord
from segdsl.recursion import deep
from segdsl.semantics import ir
from segdsl.semantics.binder import Binder
from segdsl.semantics.catalog import Table
from segdsl.semantics.declarations import Given, Parameters, bind_catalog, bind_parameters
from segdsl.semantics.definitions import Definition, collect
from segdsl.semantics.history import late_shifts
from segdsl.semantics.partitions import Partition, read_partition
from segdsl.semantics.rows import event_time
from segdsl.semantics.scope import Frame
from segdsl.semantics.uses import Uses, uses
from segdsl.source import Span
from segdsl.syntax import ast

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped]

    from segdsl.checks.validate import Report
    from segdsl.checks.why import Verdict
    from segdsl.engines import Engine
    from segdsl.files.models import SegmentFile
    from segdsl.semantics.clauses import Clause

Scalar = str | bool | int | float | Decimal | date
Value = Scalar | Sequence[Scalar]
"""The value of a parameter in Python; a datetime is a date here."""


class Coverage(NamedTuple):
    """Who is in no part of a partition, and who in several; None where nobody can be."""

    gap: ir.Segment | None
    overlap: ir.Segment | None


class Project:
    """All definitions of a project, bound. `findings` tells what is wrong with them."""

    @deep()
    def __init__(self, files: ProjectFiles, parameters: Mapping[str, Value] | None = None) -> None:
        self.root = files.root
        self.files = files
        self.findings = Findings(list(files.findings))
        self._given = {name: _given(value) for name, value in (parameters or {}).items()}
        self._bound: dict[str, ir.Segment | None] = {}
        self._open: list[str] = []
        self._binding: list[str] = []
        self._references: dict[str, dict[str, None]] = {}
        self._mentions: dict[str, set[tuple[str, str]]] = {}
        self._uses: dict[str, Uses] = {}
        self._file_parameters: dict[int, Parameters] = {}
        self.catalog = bind_catalog(
            files.tables, self.timezone, self.findings, files.broken_tables, files.whole_catalog
        )
        self.definitions = collect(files.segment_files, self.catalog, self.findings)
        self._partitions: dict[str, Partition | None] = {}
        self._bodies: dict[str, ast.Expression] = {}
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

    def binder(self, findings: Findings, definition: Definition | None = None) -> Binder:
        """A binder for expressions on this catalog; it sees the parameters of the project, and of a definition."""
        parameters = self._shared if definition is None else self._parameters_for(definition)

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
        if any(definition.expect for definition in self.definitions.values()):
            self._check_expectations()

    def _check_expectations(self) -> None:
        from segdsl.checks.expectations import check_names

        self.findings.extend(check_names(self))

    def _segment_named(self, binder: Binder, name: str, at: Span) -> ir.Segment | None:
        """The segment that a reference at `at` means."""
        if name not in self.definitions:
            if not self.may_have(name):
                binder.error("unknown-name", f"there is no segment `{name}`", at, self._nearest(name))
            return None
        if self._binding:
            self._references.setdefault(self._binding[-1], {})[name] = None
        unit = self.definitions[name].unit
        if unit in self._open:
            message, help = circle("segment", self._open[self._open.index(unit) :])
            binder.error("cycle", message, at, help)
            return None
        return self._bind(name)

    def _nearest(self, name: str) -> str:
        parts = [each for each in self.definitions if each.startswith(f"{name}.")]
        if parts:
            return f"`{name}` is a partition: name one of its parts, such as `segment({parts[0]})`"
        others = [each for each in self.definitions if each not in self._binding[-1:]]
        return suggest(name, others) or known("segment", others)

    def _bind(self, name: str) -> ir.Segment | None:
        if name not in self._bound:
            definition = self.definitions[name]
            own = Findings()
            binder = self._binder
            before = binder.findings, binder.parameters, binder.mentions, binder.shifts
            binder.findings, binder.parameters = own, self._parameters_for(definition)
            binder.mentions, binder.shifts = {}, []
            self._open.append(definition.unit)
            self._binding.append(name)
            self._bound[name] = self._bound_body(definition)
            self._open.pop()
            self._binding.pop()
            self._mentions[name] = set().union(*binder.mentions.values())
            for attribute in binder.mentions.keys() - {None}:
                before[2].setdefault(attribute, set()).update(binder.mentions[attribute])
            binder.findings, binder.parameters, binder.mentions, binder.shifts = before
            self.findings.extend(own.about(definition.unit))
        return self._bound[name]

    def _parameters_for(self, definition: Definition) -> Parameters:
        """What `$name` may mean in a definition: the parameters of the project, the file, and `for_each`."""
        of_file = self._parameters_of(definition.file)
        for name in definition.values:
            if name in of_file:
                message = f"`${name}` is already a parameter"
                at = definition.record.at("for_each")
                self._binder.error(
                    "duplicate-name", message, at, "rename it under `for_each` or under `params`"
                )
        return {**of_file, **definition.values}

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
        condition = self._condition(definition, table)
        if condition is None:
            return None
        population = ir.Population(self.catalog.ir_table(entity), event_time(self._binder, table))
        return ir.Segment(definition.name, population, condition, tuple(dict.fromkeys(self._binder.shifts)))

    def coverage(self, name: str) -> Coverage:
        """Who would be in no part of a sound partition, and who in several."""
        definition = next(d for d in self.definitions.values() if d.partition == name)
        partition = self._partitions[name]
        assert partition is not None, "a sound partition could be read"
        whole = self.segment(definition.name)
        frame = Frame(self.catalog.tables[definition.file.entity])
        binder = self.binder(Findings(), definition)

        def bound(tree: ast.Expression | None, what: str) -> ir.Segment | None:
            condition = None if tree is None else binder.condition(tree, frame)
            return None if condition is None else replace(whole, name=f"{name} {what}", condition=condition)

        return Coverage(bound(partition.gap, "gap"), bound(partition.overlap, "overlap"))

    def may_have(self, name: str) -> bool:
        """Whether a segment of that name may stand in what could not be read."""
        return name.partition(".")[0] in self.files.broken_segments or not self.files.whole_segments

    def body(self, name: str) -> ast.Expression | None:
        """What a segment is written as, or a part made of; None where that could not be read."""
        return self._bodies.get(name)

    def told(self, name: str) -> ast.Expression | None:
        """The same as people say it: of a part that leaves out who is in others, with those named."""
        definition = self.definitions[name]
        partition = self._partitions.get(definition.partition or "")
        told = partition.told.get(definition.part or "") if partition else None
        return told or self.body(name)

    def _condition(self, definition: Definition, table: Table) -> ir.Condition | None:
        tree = self._body(definition, table)
        if tree is None:
            return None
        self._bodies[definition.name] = tree
        return self._binder.condition(tree, Frame(table))

    def _body(self, definition: Definition, table: Table) -> ast.Expression | None:
        record = definition.record
        if isinstance(record, SegmentRecord):
            return self._binder.parse(record.where.fragment)
        name = str(record.name)
        if name not in self._partitions:
            self._partitions[name] = read_partition(self._binder, record, table)
        partition = self._partitions[name]
        return None if partition is None else partition.parts.get(definition.part or "")

    # --- asking -------------------------------------------------------------------------------------------

    def check(self) -> Findings:
        """Everything that can be said without data."""
        return self.findings

    def check_examples(self, names: Sequence[str] | None = None) -> Findings:
        """What is wrong with the examples of segments (all without names), run without any data. Raises
        FindingsError if the project has errors."""
        from segdsl.checks.examples import check_examples

        self.raise_for_errors()
        return check_examples(self, list(self.definitions) if names is None else list(names))

    def segment(self, name: str) -> ir.Segment:
        """The bound segment of that name; SegdslError if there is none or it has errors."""
        if name not in self.definitions:
            help = suggest(name, self.definitions) or known("segment", self.definitions)
            raise SegdslError(f"there is no segment `{name}`", help)
        bound = self._bound[name]
        if bound is None:
            raise SegdslError(f"`{name}` has errors", "run `segdsl check`")
        return bound

    def segments_on(self, names: Sequence[str], day: date) -> list[ir.Segment]:
        """The bound segments of those names, for a run as of a day.

        Raises FindingsError where one names a later day by `as of`, and SegdslError as `segment` does.
        """
        segments = [self.segment(name) for name in names]
        late = Findings()
        for segment in segments:
            late.extend(late_shifts(segment, day))
        if late.items:
            raise FindingsError("the run is as of an earlier day than a segment asks for", late)
        return segments

    @deep()
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
        return list(self._references.get(name, {}) | dict.fromkeys(used.segments if used else ()))

    def select(self, wanted: str = "", exclude: str = "") -> list[str]:
        """The names that a selection means, in the project's order. Raises SegdslError where it means none."""
        from segdsl.selection import select

        return select(self, [wanted] if wanted else [], [exclude])

    def clauses(self, name: str) -> Clause:
        """The condition of a segment clause by clause, references and attributes opened. Of the parts of a
        waterfall, those that come before are only named: each of them names others in turn."""
        from segdsl.semantics.clauses import clauses

        segment = self.segment(name)
        table = self.catalog.tables[segment.population.table.name]
        binder = self._binder
        around: list[Definition] = []

        def opened(name: str, read: Callable[[ast.Expression], Clause]) -> Clause | None:
            definition, body = self.definitions[name], self.told(name)
            if body is None or (around and definition.takes_turns_with(around[-1])):
                return None
            before, binder.parameters = binder.parameters, self._parameters_for(definition)
            around.append(definition)
            try:
                return read(body)
            finally:
                around.pop()
                binder.parameters = before

        found = opened(name, lambda body: clauses(binder, body, Frame(table), opened))
        assert found is not None, "a bound segment has a body"
        return found

    def open(self, target: str | None = None) -> Engine:
        """The data of a target, read-only. Raises SegdslError."""
        from segdsl.targets import open_target

        return open_target(self, target)

    def raise_for_errors(self) -> None:
        """Raises FindingsError if the project has errors: nothing is compiled or measured from a wrong one."""
        if self.findings.has_errors:
            raise FindingsError("the project has errors", self.findings, "run `segdsl check`")

    @deep()
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

    @deep()
    def members(self, name: str, as_of: date | None = None, target: str | None = None) -> pyarrow.Table:
        """The keys of the members, sorted: one column, named as the key.

        Raises FindingsError if the project has errors or the data is not what it declares, and SegdslError."""
        from segdsl.membership import members

        return members(self, [name], "members", as_of, target)

    @deep()
    def why(self, name: str, key: str | int, as_of: date | None = None, target: str | None = None) -> Verdict:
        """Why the entity of that key is in a segment or not, clause by clause. Raises SegdslError."""
        from segdsl.checks.why import why

        return why(self, name, str(key), as_of, target)

    @deep()
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
