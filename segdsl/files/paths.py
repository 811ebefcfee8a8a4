"""Which files a project is made of: those it lists, or those in its default folders."""

from __future__ import annotations

import glob
import os
from pathlib import Path

from segdsl.diagnostics import Diagnostic, Findings
from segdsl.diagnostics.wording import suggest
from segdsl.files import nodes
from segdsl.files.values import is_null

PROJECT_FILE = "segdsl.yaml"
_SUFFIXES = (".yaml", ".yml")


def shown(root: Path, path: Path) -> str:
    """A path as messages and reports show it: from the project's folder, with forward slashes."""
    relative = Path(os.path.relpath(path, root)).as_posix()
    # A name that is not UTF-8 could not be printed.
    return os.fsencode(relative).decode("utf-8", "replace")


def files_of(root: Path, kind: str, node: nodes.Node | None, findings: Findings) -> tuple[list[Path], bool]:
    """The files that the project lists under `kind` (or in its default folder), sorted by the path shown, and
    whether these are all.

    The node is asked and not the record, so that a project file with another fault still says where to look.
    """
    listed = node.get(kind) if isinstance(node, nodes.Mapping) else None
    found: dict[str, Path] = {}
    before = len(findings)
    if isinstance(listed, nodes.Sequence):
        for item in listed.items:
            if isinstance(item, nodes.Scalar) and item.text.strip() and not is_null(item):
                _collect(root, item, kind, found, findings)
    elif os.path.isdir(root / kind):
        _add(root, _under(root, root / kind, findings), found)
    elif kind == "catalog" and isinstance(node, nodes.Mapping) and listed is None:
        help = "make it, with a file that lists the tables, or say where it is: `catalog: [folder/]`"
        span = node.span.file.span(node.span.start, node.span.start)
        findings.add(Diagnostic("missing-path", "this project has no folder `catalog/`", span, help))
    paths = sorted(found.values(), key=lambda path: shown(root, path))
    return paths, node is not None and len(findings) == before


def _collect(root: Path, item: nodes.Scalar, kind: str, found: dict[str, Path], findings: Findings) -> None:
    """Adds the files that one listed path means; each file once, however often it is listed."""
    # The functions of `os.path` say False of a path that cannot be one, where those of `Path` raise an error.
    path = root / item.text
    matches: list[Path] = []
    if os.path.isdir(path):
        matches = _under(root, path, findings)
    elif os.path.isfile(path):
        matches = [path]
    elif glob.has_magic(item.text):
        for inside in (root / name for name in sorted(glob.glob(item.text, root_dir=root, recursive=True))):
            if os.path.isdir(inside):
                matches += _under(root, inside, findings)
            elif inside.name.lower().endswith(_SUFFIXES):
                matches.append(inside)
    if not matches and not os.path.isdir(path):
        pattern = glob.has_magic(item.text)
        message = f"no file matches `{item.text}`" if pattern else f"`{item.text}` is not there"
        help = f"paths under `{kind}` start from the folder of `{PROJECT_FILE}`"
        near = None if pattern else suggest(item.text.rstrip("/"), _beside(root, item.text))
        findings.add(Diagnostic("missing-path", message, item.span, near or help))
    _add(root, matches, found)


def _beside(root: Path, path: str) -> list[str]:
    """The paths that differ from one only in their last part."""
    folder = os.path.dirname(path.rstrip("/"))
    there = sorted(os.listdir(root / folder)) if os.path.isdir(root / folder) else []
    return [os.path.join(folder, name) for name in there if not name.startswith(".")]


def _add(root: Path, paths: list[Path], found: dict[str, Path]) -> None:
    project_file = os.path.realpath(root / PROJECT_FILE)
    for path in paths:
        if (real := os.path.realpath(path)) != project_file:
            found.setdefault(real, path)


def _under(root: Path, folder: Path, findings: Findings) -> list[Path]:
    """The YAML files in a folder and its subfolders, through links too, which may lead in a circle.

    Hidden files and folders, which editors and git make, are passed over.
    """

    def cannot_be_read(error: OSError) -> None:
        place = shown(root, Path(error.filename))
        message = f"the folder `{place}` cannot be read: {error.strerror}"
        findings.add(Diagnostic("missing-path", message, None, "let this user read it", path=place))

    found: list[Path] = []
    seen: set[str] = set()
    for here, folders, names in os.walk(folder, onerror=cannot_be_read, followlinks=True):
        real = os.path.realpath(here)
        folders[:] = [] if real in seen else sorted(name for name in folders if not name.startswith("."))
        if real not in seen:
            seen.add(real)
            found += [Path(here, n) for n in sorted(names) if n.lower().endswith(_SUFFIXES) and n[0] != "."]
    return found
