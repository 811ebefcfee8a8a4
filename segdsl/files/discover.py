"""Finding a project and reading all its files."""

from __future__ import annotations

import glob
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from segdsl.diagnostics import Diagnostic, Findings, SegdslError
from segdsl.diagnostics.wording import known, suggest
from segdsl.files import nodes, yaml
from segdsl.files.values import Text
from segdsl.source import Span

if TYPE_CHECKING:
    from segdsl.files.models import CatalogFile, ProjectFile, Record, SegmentFile, SegmentRecord, TableRecord

PROJECT_FILE = "segdsl.yaml"
_SUFFIXES = (".yaml", ".yml")
_VARIABLE = re.compile(r"\$\{([^\W\d]\w*)\}")
_DOLLAR_BRACE = re.compile(r"\$\{([^}]*)\}?")


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
    segments: Mapping[str, tuple[SegmentFile, SegmentRecord]] = field(default_factory=dict)


def find_project(start: Path) -> Path:
    """The folder with `segdsl.yaml`: `start` or its nearest parent. SegdslError if there is none."""
    try:
        here = start.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise SegdslError(f"`{start.as_posix()}` is not there") from error
    for folder in (here, *here.parents):
        if (folder / PROJECT_FILE).is_file():
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

    catalog_paths, all_catalogs = _paths(root, "catalog", node, findings)
    segment_paths, all_segments = _paths(root, "segments", node, findings)
    catalogs, broken_catalog, whole_catalog = _read_all(root, catalog_paths, CatalogFile, "tables", findings)
    files, broken_files, whole_segments = _read_all(root, segment_paths, SegmentFile, "segments", findings)
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
    segments: dict[str, tuple[SegmentFile, SegmentRecord]] = {}
    for file in files:
        for name, segment in file.segments.items():
            if name in segments:
                findings.add(_duplicate("segment", name, segment.name_span, segments[name][1].name_span))
            else:
                segments[name] = file, segment
    if catalogs and whole_catalog and not (tables or broken_catalog):
        help = "add one under `tables:`"
        findings.add(Diagnostic("no-tables", "the catalog has no table", catalogs[0].at("tables"), help))
    return ProjectFiles(
        root, project, catalogs, files, findings, _names(broken_catalog, "tables"),
        _names(broken_files, "segments"), _names(broken, "params"),
        whole_catalog and all_catalogs, whole_segments and all_segments,
        project is not None and ("params",) not in broken, tables, segments,
    )  # fmt: skip


def expand_environment(text: str, environment: Mapping[str, str] = os.environ) -> str:
    """A text of `targets` with each `${NAME}` replaced; SegdslError names a variable that is not set."""
    place = f" ({text.span.path}, line {text.span.line})" if isinstance(text, Text) else ""

    def value(found: re.Match[str]) -> str:
        variable = _VARIABLE.fullmatch(found[0])
        if variable is None:
            raise SegdslError(f"`{found[0]}` is not a variable{place}", "write `${NAME}`")
        name = variable[1]
        if name not in environment:
            raise SegdslError(
                f"the environment variable `{name}` is not set{place}", f"set it: `export {name}=…`"
            )
        return environment[name]

    return _DOLLAR_BRACE.sub(value, text)


R = TypeVar("R", bound="Record")


def _read_all(
    root: Path, paths: list[Path], model: type[R], part: str, findings: Findings
) -> tuple[tuple[R, ...], frozenset[tuple[str, ...]], bool]:
    """The records of files, their broken parts, and whether the whole of `part` was read in every file."""
    from segdsl.files.reading import read_record

    records: list[R] = []
    broken: set[tuple[str, ...]] = set()
    whole = True
    for path in paths:
        node = yaml.load(path, _shown(root, path), findings)
        if node is None:
            whole = False
            continue
        _check_variables(node, None, findings)
        read = read_record(model, node, findings)
        broken |= read.broken
        if read.record is None or (part,) in read.broken:
            whole = False
        if read.record is not None:
            records.append(read.record)
    return tuple(records), frozenset(broken), whole


def _names(broken: frozenset[tuple[str, ...]], part: str) -> frozenset[str]:
    return frozenset(path[1] for path in broken if path[:1] == (part,) and len(path) == 2)


def _paths(root: Path, kind: str, node: nodes.Node | None, findings: Findings) -> tuple[list[Path], bool]:
    """The files that the project lists under `kind` (or its default folder), sorted by the path shown, and
    whether these are all.

    The node is asked and not the record, so that a project file with another fault still says where to look.
    """
    listed = node.get(kind) if isinstance(node, nodes.Mapping) else None
    found: dict[Path, Path] = {}
    before = len(findings)
    if isinstance(listed, nodes.Sequence):
        for item in listed.items:
            if isinstance(item, nodes.Scalar) and item.text.strip():
                _collect(root, item, kind, found, findings)
    elif (root / kind).is_dir():
        found = {path.resolve(): path for path in _under(root / kind)}
    elif kind == "catalog" and isinstance(node, nodes.Mapping) and listed is None:
        help = "make it, with a file that lists the tables, or say where it is: `catalog: [folder/]`"
        span = node.span.file.span(node.span.start, node.span.start)
        findings.add(Diagnostic("missing-path", "this project has no folder `catalog/`", span, help))
    paths = sorted(found.values(), key=lambda path: _shown(root, path))
    return paths, node is not None and len(findings) == before


def _collect(root: Path, item: nodes.Scalar, kind: str, found: dict[Path, Path], findings: Findings) -> None:
    """Adds the files that one listed path means; each file once, however often it is listed."""
    path = root / item.text
    matches: list[Path] = []
    if path.is_dir():
        matches = _under(path)
    elif path.is_file():
        matches = [path]
    elif glob.has_magic(item.text):
        inside = [root / name for name in glob.glob(item.text, root_dir=root, recursive=True)]
        matches = [file for file in inside if file.is_file() and file.suffix in _SUFFIXES]
        matches += [file for folder in inside if folder.is_dir() for file in _under(folder)]
    if not matches and not path.is_dir():
        pattern = glob.has_magic(item.text)
        message = f"no file matches `{item.text}`" if pattern else f"`{item.text}` is not there"
        near = (
            None if pattern else suggest(item.text.strip("/"), sorted(each.name for each in root.iterdir()))
        )
        help = near or f"paths under `{kind}` start from the folder of `{PROJECT_FILE}`"
        findings.add(Diagnostic("missing-path", message, item.span, help))
    project_file = (root / PROJECT_FILE).resolve()
    for match in matches:
        if (resolved := match.resolve()) != project_file:
            found.setdefault(resolved, match)


def _under(folder: Path) -> list[Path]:
    """The YAML files in a folder and its subfolders; hidden ones, which editors make, are passed over."""
    found: list[Path] = []
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += [Path(here, n) for n in names if n.endswith(_SUFFIXES) and not n.startswith(".")]
    return found


def _shown(root: Path, path: Path) -> str:
    return Path(os.path.relpath(path, root)).as_posix()


def _check_variables(node: nodes.Node, allowed: str | None, findings: Findings) -> None:
    """`${NAME}` anywhere but under the key `allowed` is an error: only targets may hold secrets."""
    if "${" not in node.span.file.text:
        return
    if allowed and isinstance(node, nodes.Mapping):
        node = node.without({allowed})
    for scalar in nodes.scalars(node):
        if found := _VARIABLE.search(scalar.text):
            inside = _VARIABLE.search(scalar.fragment.text)
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
