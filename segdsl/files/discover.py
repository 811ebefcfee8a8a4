"""Finding a project and reading all its files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from segdsl.diagnostics import Diagnostic, Findings, SegdslError
from segdsl.diagnostics.wording import known, suggest
from segdsl.files import nodes, yaml
from segdsl.files.environment import VARIABLE
from segdsl.files.paths import PROJECT_FILE, files_of, shown
from segdsl.source import Span

if TYPE_CHECKING:
    from segdsl.files.models import CatalogFile, ProjectFile, Record, SegmentFile, TableRecord


@dataclass(frozen=True)
class ProjectFiles:
    """All files of a project that could be read, in order of their paths, with the findings about them.

    A table, segment or parameter with a fault is left out of its file and named in `broken_…`, so that later
    stages need not complain about every mention of it. `whole_catalog` and the like are False where a whole
    file could not be read, so that names may be missing.
    """

    root: Path
    project: ProjectFile | None
    catalogs: tuple[CatalogFile, ...]
    segment_files: tuple[SegmentFile, ...]
    findings: Findings
    broken_tables: frozenset[str] = frozenset()
    broken_segments: frozenset[str] = frozenset()
    broken_params: frozenset[str] = frozenset()
    whole_catalog: bool = True
    whole_segments: bool = True
    whole_params: bool = True
    tables: Mapping[str, TableRecord] = field(default_factory=dict)


def find_project(start: Path) -> Path:
    """The folder with `segdsl.yaml`: `start` or its nearest parent. SegdslError if there is none."""
    try:
        here = start.resolve(strict=True)
    except (OSError, RuntimeError, ValueError) as error:
        raise SegdslError(f"`{start.as_posix()}` is not there") from error
    for folder in (here, *here.parents):
        # Not `Path.is_file`, which raises an error where a folder above may not be looked into.
        if os.path.isfile(folder / PROJECT_FILE):
            return folder
    raise SegdslError(
        f"no `{PROJECT_FILE}` in this folder or any above it", "run `segdsl init` to start a project"
    )


def read_project(root: Path) -> ProjectFiles:
    """All files of the project in a folder; SegdslError if one of them cannot be opened."""
    from segdsl.files.models import CatalogFile, ProjectFile, SegmentFile
    from segdsl.files.reading import read_record

    findings = Findings()
    project, broken = None, frozenset[tuple[str, ...]]()
    node = yaml.load(root / PROJECT_FILE, PROJECT_FILE, findings)
    if node is not None:
        _check_variables(node, "targets", findings)
        read = read_record(ProjectFile, node, findings)
        project, broken = read.record, read.broken
    if project is not None and project.default_target and ("targets", project.default_target) not in broken:
        _check_default_target(project, findings)

    catalog_paths, all_catalogs = files_of(root, "catalog", node, findings)
    segment_paths, all_segments = files_of(root, "segments", node, findings)
    catalogs, broken_catalog, whole_catalog = _read_all(
        root, catalog_paths, CatalogFile, {"tables"}, findings
    )
    files, broken_files, whole_segments = _read_all(
        root, segment_paths, SegmentFile, {"segments", "partitions"}, findings
    )
    broken |= broken_catalog | broken_files

    tables: dict[str, TableRecord] = {}
    for catalog in catalogs:
        for name, table in catalog.tables.items():
            if name in tables:
                findings.add(_duplicate("table", name, table.name_span, tables[name].name_span))
                # Which of the two is meant is not known, so nothing is said of what uses it.
                broken_catalog |= {("tables", name)}
            else:
                tables[name] = table
    tables = {name: table for name, table in tables.items() if ("tables", name) not in broken_catalog}
    whole_catalog, whole_segments = whole_catalog and all_catalogs, whole_segments and all_segments
    readable = whole_catalog and ("catalog",) not in broken
    if node is not None and readable and not (tables or broken_catalog):
        help = "add one under `tables:`" if catalogs else "add a file with `tables:` to the catalog"
        at = catalogs[0].at("tables") if catalogs else _catalog_key(node)
        findings.add(Diagnostic("no-tables", "the catalog has no table", at, help))
        # What uses a table need not be told as well.
        whole_catalog = False
    return ProjectFiles(
        root, project, catalogs, files, findings, _names(broken_catalog, "tables"),
        _names(broken_files, "segments") | _names(broken_files, "partitions"), _names(broken, "params"),
        whole_catalog, whole_segments,
        project is not None and ("params",) not in broken, tables,
    )  # fmt: skip


def _catalog_key(node: nodes.Node) -> Span:
    """Where the project says which files are its catalog; without that, the start of its file."""
    entry = node.index.get("catalog") if isinstance(node, nodes.Mapping) else None
    return entry[0].span if entry else node.span.file.span(node.span.start, node.span.start)


def project_paths(root: Path, findings: Findings) -> dict[str, Path]:
    """The catalog and segment files of a project, by the paths that are shown, whatever is in them."""
    node = yaml.load(root / PROJECT_FILE, PROJECT_FILE, findings)
    listed = [path for kind in ("catalog", "segments") for path in files_of(root, kind, node, findings)[0]]
    return {shown(root, path): path for path in listed}


R = TypeVar("R", bound="Record")


def _read_all(
    root: Path, paths: list[Path], model: type[R], parts: set[str], findings: Findings
) -> tuple[tuple[R, ...], frozenset[tuple[str, ...]], bool]:
    """The records of files, their broken parts, and whether the whole of `parts` was read in every file."""
    from segdsl.files.reading import read_record

    records: list[R] = []
    broken: set[tuple[str, ...]] = set()
    whole = True
    for path in paths:
        place = shown(root, path)
        try:
            node = yaml.load(path, place, findings)
        except SegdslError as error:
            node = None
            findings.add(Diagnostic("missing-path", error.message, None, error.help, path=place))
        if node is None:
            whole = False
            continue
        _check_variables(node, None, findings)
        read = read_record(model, node, findings)
        broken |= read.broken
        if read.record is None or any((part,) in read.broken for part in parts):
            whole = False
        if read.record is not None:
            records.append(read.record)
    return tuple(records), frozenset(broken), whole


def _names(broken: frozenset[tuple[str, ...]], part: str) -> frozenset[str]:
    return frozenset(path[1] for path in broken if path[:1] == (part,) and len(path) == 2)


def _check_variables(node: nodes.Node, allowed: str | None, findings: Findings) -> None:
    """`${NAME}` anywhere but under the key `allowed` is an error: only targets may hold secrets."""
    if "${" not in node.span.file.text:
        return
    if allowed and isinstance(node, nodes.Mapping):
        node = node.without({allowed})
    for scalar in nodes.scalars(node):
        if found := VARIABLE.search(scalar.text):
            inside = VARIABLE.search(scalar.fragment.text)
            findings.add(
                Diagnostic(
                    "misplaced-variable",
                    f"`{found[0]}` stands outside `targets`",
                    scalar.fragment.span(inside.start(), inside.end()) if inside else scalar.span,
                    "variables of the environment are for `targets` alone; write the value, or use a parameter",
                )
            )


def _check_default_target(project: ProjectFile, findings: Findings) -> None:
    name = project.default_target
    if name is None or name in project.targets:
        return
    help = suggest(name, project.targets) or (
        known("target", project.targets) if project.targets else "add it to `targets`"
    )
    findings.add(Diagnostic("unknown-name", f"`{name}` is not one of the targets", name.span, help))


def _duplicate(kind: str, name: str, second: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        "duplicate-name",
        f"the {kind} `{name}` is already in {first.path}, line {first.line}",
        second,
        "rename one of the two: names are unique in a project",
    )
