"""A project: loaded, bound, and ready to be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from segdsl.diagnostics import Diagnostic, Findings, SegdslError
from segdsl.diagnostics.wording import listing, suggest
from segdsl.files.discover import ProjectFiles, find_project, read_project
from segdsl.semantics import ir
from segdsl.semantics.binder import Binder
from segdsl.semantics.declarations import Parameters, bind_catalog, bind_parameters
from segdsl.semantics.rows import event_time
from segdsl.semantics.scope import Frame
from segdsl.source import Span

if TYPE_CHECKING:
    import pyarrow  # type: ignore[import-untyped]

    from segdsl.checks.validate import Report
    from segdsl.engines import Engine
    from segdsl.files.models import SegmentFile, SegmentRecord


@dataclass(frozen=True)
class Definition:
    """A segment as written: its record and the file it stands in."""

    name: str
    file: SegmentFile
    record: SegmentRecord


class Project:
    """All definitions of a project, bound. `findings` tells what is wrong with them."""

    def __init__(self, files: ProjectFiles, parameters: Mapping[str, str] | None = None) -> None:
        self.root = files.root
        self.files = files
        self.findings = Findings(list(files.findings))
        self.definitions = {n: Definition(n, file, record) for n, (file, record) in files.segments.items()}
        self._given = dict(parameters or {})
        self._bound: dict[str, ir.Segment | None] = {}
        self._open: list[str] = []
        self._file_parameters: dict[int, Parameters] = {}
        self.catalog = bind_catalog(
            files.tables, self.timezone, self.findings, files.broken_tables, files.whole_catalog
        )
        self._shared = self._project_parameters()
        self._binder = Binder(
            self.catalog, self.findings, self._shared, self._segment_named, files.whole_params
        )
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

    # --- binding ------------------------------------------------------------------------------------------

    def _project_parameters(self) -> Parameters:
        records = self.files.project.params if self.files.project else {}
        known = set(records) | {n for file in self.files.segment_files for n in file.params}
        for name in self._given:
            if name not in known:
                raise SegdslError(f"there is no parameter `{name}`", suggest(name, known))
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

    def _bind_all(self) -> None:
        for file in self.files.segment_files:
            self._parameters_of(file)
        for table in self.catalog.tables.values():
            for attribute in table.attributes.values():
                self._binder.attribute(attribute, Frame(table), attribute.span)
        for name in self.definitions:
            self._bind(name)

    def _segment_named(self, name: str, at: Span) -> ir.Segment | None:
        """The segment that a reference at `at` means."""
        if name not in self.definitions:
            if name not in self.files.broken_segments and self.files.whole_segments:
                help = suggest(name, self.definitions) or f"the segments are {listing(self.definitions)}"
                self._binder.error("unknown-name", f"there is no segment `{name}`", at, help)
            return None
        if name in self._open:
            circle = " → ".join([*self._open[self._open.index(name) :], name])
            self._binder.error(
                "cycle", f"segments refer to each other in a circle: {circle}", at, "break it somewhere"
            )
            return None
        return self._bind(name)

    def _bind(self, name: str) -> ir.Segment | None:
        if name not in self._bound:
            definition = self.definitions[name]
            own = Findings()
            binder = self._binder
            before = binder.findings, binder.parameters
            binder.findings, binder.parameters = own, self._parameters_of(definition.file)
            self._open.append(name)
            self._bound[name] = self._bound_body(definition)
            self._open.pop()
            binder.findings, binder.parameters = before
            self.findings.extend(own.about(name))
        return self._bound[name]

    def _bound_body(self, definition: Definition) -> ir.Segment | None:
        entity = definition.file.entity
        table = self.catalog.tables.get(entity)
        if table is None:
            if not self.catalog.may_have(entity):
                help = (
                    suggest(entity, self.catalog.tables) or f"the tables are {listing(self.catalog.tables)}"
                )
                self._binder.error(
                    "unknown-name", f"there is no table `{entity}`", definition.file.at("entity"), help
                )
            return None
        if table.key is None:
            self._binder.error(
                "table-without-key", f"`{entity}` has no key, so it can't be what a segment is about",
                definition.file.at("entity"), "add `key: …` to it in the catalog",
            )  # fmt: skip
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
            raise SegdslError(f"there is no segment `{name}`", suggest(name, self.definitions))
        bound = self._bound[name]
        if bound is None:
            raise SegdslError(f"`{name}` has errors", "run `segdsl check`")
        return bound

    def open(self, target: str | None = None) -> Engine:
        """The data of a target, read-only. Raises SegdslError."""
        from segdsl.targets import open_target

        return open_target(self, target)

    def members(self, name: str, as_of: date | None = None, target: str | None = None) -> pyarrow.Table:
        """The keys of the members, sorted: one column, named as the key."""
        from segdsl.planner import plan
        from segdsl.sql import members_query

        planned = plan([self.segment(name)], as_of or self.today)
        with self.open(target) as engine:
            found = engine.execute(members_query(planned, name))
        return found.sort_by(found.column_names[0])

    def validate(
        self, names: list[str] | None = None, as_of: date | None = None, target: str | None = None
    ) -> Report:
        """The catalog held against the data, sizes and overlaps. Raises SegdslError."""
        from segdsl.checks.validate import validate

        return validate(self, names, as_of, target)

    def compile(self, name: str, dialect: str = "duckdb", as_of: date | None = None) -> str:
        """The SQL that selects the keys of the members."""
        return self.sql([name], "members", as_of, dialect)

    def sql(self, names: list[str], shape: str, as_of: date | None = None, dialect: str = "duckdb") -> str:
        """The SQL of segments: `members` (a statement each), `flags`, `long`, `sizes` or `overlap`."""
        from segdsl import sql
        from segdsl.planner import plan

        if dialect != "duckdb":
            raise SegdslError(f"there is no dialect `{dialect}`", "the dialects are `duckdb`")
        segments = [self.segment(name) for name in names]
        entities = {segment.population.table.name for segment in segments}
        if shape != "members" and len(entities) > 1:
            raise SegdslError(
                f"`{shape}` is about one entity, and these are about {listing(sorted(entities))}"
            )
        planned = [plan([s], as_of or self.today) for s in segments] if shape == "members" else []
        if len(planned) == 1:
            return sql.to_text(sql.members_query(planned[0], names[0]))
        if planned:
            texts = [
                sql.to_text(sql.members_query(p, n), comment=n) for p, n in zip(planned, names, strict=True)
            ]
            return "\n\n".join(f"{text};" for text in texts)
        whole = plan(segments, as_of or self.today)
        queries = {
            "flags": sql.flags_query,
            "long": sql.long_query,
            "sizes": sql.sizes_query,
            "overlap": sql.overlap_query,
        }
        return sql.to_text(queries[shape](whole))


def load(path: str | Path = ".", params: Mapping[str, str] | None = None) -> Project:
    """The project in a folder or its nearest parent; SegdslError if there is none."""
    return Project(read_project(find_project(Path(path))), params)
