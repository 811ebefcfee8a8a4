"""Finding a project, reading all its files, and what holds across them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from segdsl.diagnostics import SegdslError
from segdsl.files.discover import ProjectFiles, find_project, read_project

TABLE = "tables: {t: {key: id, columns: {id: integer}}}\n"
SEGMENTS = "entity: t\nsegments: {a: id > 1}\n"


def project(root: Path, files: dict[str, str], more: str = "") -> ProjectFiles:
    for name, text in {"segdsl.yaml": f"language: 1\nname: shop\n{more}", **files}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return read_project(root)


def told(files: ProjectFiles) -> list[tuple[str, str | None, str]]:
    return [(f.rule, f.shown_path, f.message) for f in files.findings]


def test_find_project(tmp_path: Path) -> None:
    (tmp_path / "shop/segments").mkdir(parents=True)
    (tmp_path / "shop/segdsl.yaml").write_text("language: 1\nname: x\n")
    (tmp_path / "shop/segments/a.yaml").write_text("")
    for start in ("shop", "shop/segments", "shop/segments/a.yaml", "shop/segdsl.yaml"):
        assert find_project(tmp_path / start) == (tmp_path / "shop").resolve()
    with pytest.raises(SegdslError, match="is not there"):
        find_project(tmp_path / "nowhere")


def test_no_project(tmp_path: Path) -> None:
    with pytest.raises(SegdslError) as error:
        find_project(tmp_path)
    assert error.value.help is not None and "segdsl init" in error.value.help


def test_default_folders(tmp_path: Path) -> None:
    files = project(
        tmp_path,
        {
            "catalog/b.yml": TABLE.replace("t:", "t2:"),
            "catalog/a/a.yaml": TABLE,
            "catalog/.hidden.yaml": "broken: [",
            "catalog/.git/x.yaml": "broken: [",
            "catalog/readme.md": "broken: [",
            "segments/z.yaml": SEGMENTS,
            "segments/a.yaml": SEGMENTS.replace("a:", "b:"),
        },
    )
    assert told(files) == []
    assert [f.file.path for f in files.catalogs] == ["catalog/a/a.yaml", "catalog/b.yml"]
    assert list(files.tables) == ["t", "t2"] and [list(f.segments) for f in files.segment_files] == [
        ["b"],
        ["a"],
    ]
    file = files.segment_files[1]
    segment = file.segments["a"]
    assert file.entity == "t" and segment.where.text == "id > 1" and segment.span.path == "segments/z.yaml"


def test_listed_paths_are_folders_files_or_patterns(tmp_path: Path) -> None:
    contents = {"c/one.yaml": TABLE, "s/a.yaml": SEGMENTS, "s/b.yaml": SEGMENTS.replace("a:", "b:")}
    files = project(tmp_path, contents, "catalog: [c/one.yaml, ./c]\nsegments: ['s/?.yaml', s/a.yaml]\n")
    assert told(files) == []
    assert [f.file.path for f in files.catalogs] == ["c/one.yaml"]
    assert [f.file.path for f in files.segment_files] == ["s/a.yaml", "s/b.yaml"]


def test_the_project_file_is_no_catalog(tmp_path: Path) -> None:
    files = project(tmp_path, {"one.yaml": TABLE}, "catalog: [.]\n")
    assert told(files) == [] and list(files.tables) == ["t"]


def test_missing_paths(tmp_path: Path) -> None:
    files = project(tmp_path, {"c/a.yaml": TABLE}, "catalog: [c, nowhere/]\nsegments: ['s/*.yaml']\n")
    assert told(files) == [
        ("missing-path", "segdsl.yaml", "`nowhere/` is not there"),
        ("missing-path", "segdsl.yaml", "no file matches `s/*.yaml`"),
    ]
    assert [f.span.text for f in files.findings if f.span] == ["nowhere/", "'s/*.yaml'"]


def test_no_catalog_and_no_table(tmp_path: Path) -> None:
    assert told(project(tmp_path, {})) == [
        ("missing-path", "segdsl.yaml", "this project has no folder `catalog/`")
    ]
    files = project(tmp_path, {"catalog/a.yaml": "tables: {}\n"})
    assert told(files) == [("no-tables", "catalog/a.yaml", "the catalog has no table")]


def test_duplicate_names(tmp_path: Path) -> None:
    files = project(
        tmp_path,
        {
            "catalog/a.yaml": TABLE,
            "catalog/b.yaml": "# second\n" + TABLE,
        },
    )
    assert told(files) == [
        ("duplicate-name", "catalog/b.yaml", "the table `t` is already in catalog/a.yaml, line 1"),
    ]
    assert not files.tables and files.broken_tables == {"t"}


def test_every_file_is_read_though_one_is_broken(tmp_path: Path) -> None:
    files = project(
        tmp_path,
        {
            "catalog/a.yaml": TABLE,
            "catalog/b.yaml": "tables: [\n",
            "segments/a.yaml": "entity: t\nparams: {p: 1}\nsegments: {a: x, b: {title: x}}\n",
            "segments/b.yaml": "",
        },
        "nam: y\n",
    )
    assert [(rule, path) for rule, path, _ in told(files)] == [
        ("yaml-syntax", "catalog/b.yaml"),
        ("unknown-key", "segdsl.yaml"),
        ("wrong-value", "segments/a.yaml"),
        ("missing-key", "segments/a.yaml"),
        ("empty-file", "segments/b.yaml"),
    ]
    assert files.project is not None
    assert list(files.tables) == ["t"] and [list(f.segments) for f in files.segment_files] == [["a"]]
    assert files.broken_segments == {"b"} and files.broken_params == {"p"} and not files.broken_tables
    assert (files.whole_catalog, files.whole_segments) == (False, False)


def test_a_broken_project_file_still_says_where_files_are(tmp_path: Path) -> None:
    for name in ("c/a.yaml", "catalog/b.yaml"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(TABLE.replace("t:", f"{Path(name).stem}:"))
    (tmp_path / "segdsl.yaml").write_text("language: 1\ncatalog: [c]\n")
    files = read_project(tmp_path)
    assert files.project is None and list(files.tables) == ["a"]
    (tmp_path / "segdsl.yaml").write_text("language: [\n")
    files = read_project(tmp_path)
    assert list(files.tables) == ["b"] and [rule for rule, *_ in told(files)] == ["yaml-syntax"]


def test_default_target(tmp_path: Path) -> None:
    more = "default_target: dve\ntargets: {dev: {engine: duckdb}}\n"
    files = project(tmp_path, {"catalog/a.yaml": TABLE}, more)
    (finding,) = files.findings
    assert (finding.rule, finding.help) == ("unknown-name", "did you mean `dev`?")


def test_variables_are_for_targets_alone(tmp_path: Path) -> None:
    more = "params: {p: {type: string, default: '${X}'}}\ntargets: {d: {engine: e, url: '${URL}'}}\n"
    files = project(
        tmp_path,
        {
            "catalog/a.yaml": TABLE,
            "segments/a.yaml": "entity: t\nsegments:\n  a: |\n    x = '${HOME}'\n  b: y matches '^a${2}'\n",
        },
        more,
    )
    assert [(f.rule, f.span.path, f.span.line, f.span.text) for f in files.findings if f.span] == [
        ("misplaced-variable", "segdsl.yaml", 3, "${X}"),
        ("misplaced-variable", "segments/a.yaml", 4, "${HOME}"),
    ]


def test_reading_writes_nothing(tmp_path: Path) -> None:
    project(tmp_path, {"catalog/a.yaml": TABLE, "segments/a.yaml": SEGMENTS})
    before = sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*"))
    read_project(tmp_path)
    assert sorted(path.relative_to(tmp_path) for path in tmp_path.rglob("*")) == before


def test_finding_a_project_imports_nothing_heavy() -> None:
    code = "import sys, segdsl.files.discover; print('pydantic' in sys.modules)"
    root = Path(__file__).parents[2]
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root, check=True)
    assert run.stdout.strip() == "False"
