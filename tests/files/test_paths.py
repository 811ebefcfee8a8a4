"""Files on disk as people and editors leave them: links, odd names, things that are no files."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from segdsl.diagnostics import SegdslError
from segdsl.files import yaml
from segdsl.files.discover import ProjectFiles, find_project, read_project

TABLE = "tables: {t: {key: id, columns: {id: integer}}}\n"
OTHER = TABLE.replace("t:", "u:")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "segdsl.yaml").write_text("language: 1\nname: shop\n")
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog/a.yaml").write_text(TABLE)
    return tmp_path


def listing(root: Path, *paths: str) -> ProjectFiles:
    listed = ", ".join(f"'{path}'" for path in paths)
    (root / "segdsl.yaml").write_text(f"language: 1\nname: shop\ncatalog: [{listed}]\n", encoding="utf-8")
    return read_project(root)


def told(files: ProjectFiles) -> list[tuple[str, str | None, str]]:
    return [(f.rule, f.shown_path, f.message) for f in files.findings]


def read_paths(files: ProjectFiles) -> list[str]:
    return [catalog.file.path for catalog in files.catalogs]


def test_links_to_folders_are_followed(root: Path) -> None:
    (root / "elsewhere").mkdir()
    (root / "elsewhere/b.yaml").write_text(OTHER)
    (root / "catalog/linked").symlink_to("../elsewhere")
    files = read_project(root)
    assert (told(files), read_paths(files)) == ([], ["catalog/a.yaml", "catalog/linked/b.yaml"])


def test_links_in_a_circle_end(root: Path) -> None:
    (root / "catalog/again").symlink_to(".")
    (root / "catalog/up").symlink_to("..")
    files = read_project(root)
    assert (told(files), read_paths(files)) == ([], ["catalog/a.yaml"])


def test_a_file_is_read_once_however_it_is_reached(root: Path) -> None:
    (root / "catalog/z.yaml").symlink_to("a.yaml")
    files = listing(
        root, "catalog/", "catalog/a.yaml", "./catalog", "catalog/*.yaml", "catalog/../catalog/z.yaml"
    )
    assert (told(files), read_paths(files)) == ([], ["catalog/a.yaml"])


@pytest.mark.parametrize("target", ["nowhere.yaml", "z.yaml"])
def test_a_link_to_nothing_or_itself(root: Path, target: str) -> None:
    (root / "catalog/z.yaml").symlink_to(target)
    files = read_project(root)
    message = f"`catalog/z.yaml` cannot be read: it is a link to `{target}`, which is not there"
    assert told(files) == [("missing-path", "catalog/z.yaml", message)]
    assert list(files.tables) == ["t"] and not files.whole_catalog
    files = listing(root, "catalog/z.yaml")
    assert told(files) == [("missing-path", "segdsl.yaml", "`catalog/z.yaml` is not there")]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "catalog/pipe.yaml")
    files = read_project(root)
    assert told(files) == [("missing-path", "catalog/pipe.yaml", "`catalog/pipe.yaml` is not a file")]


def test_files_that_vanish_or_may_not_be_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "catalog/b.yaml").write_text(OTHER)
    read_bytes = Path.read_bytes

    def refuse(path: Path) -> bytes:
        if path.name == "b.yaml":
            raise PermissionError(13, "Permission denied")
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    files = read_project(root)
    message = "`catalog/b.yaml` cannot be read: Permission denied"
    assert told(files) == [("missing-path", "catalog/b.yaml", message)]
    assert list(files.tables) == ["t"] and not files.whole_catalog


def test_a_folder_that_may_not_be_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (root / "catalog/secret").mkdir()
    scandir = os.scandir

    def refuse(path: str) -> object:
        if os.fspath(path).endswith("secret"):
            raise PermissionError(13, "Permission denied", os.fspath(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    files = read_project(root)
    message = "the folder `catalog/secret` cannot be read: Permission denied"
    assert told(files) == [("missing-path", "catalog/secret", message)]
    assert not files.whole_catalog


def test_a_folder_named_as_a_file(root: Path) -> None:
    (root / "catalog/b.yaml").mkdir()
    (root / "catalog/b.yaml/c.yml").write_text(OTHER)
    files = read_project(root)
    assert (told(files), read_paths(files)) == ([], ["catalog/a.yaml", "catalog/b.yaml/c.yml"])


def test_endings_in_capitals_and_hidden_folders_that_are_listed(root: Path) -> None:
    (root / ".hidden").mkdir()
    (root / ".hidden/B.YAML").write_text(OTHER)
    files = listing(root, "catalog", ".hidden")
    assert (told(files), read_paths(files)) == ([], [".hidden/B.YAML", "catalog/a.yaml"])


@pytest.mark.parametrize("path", ["x" * 5000, "[", "nowhere/*", "segdsl.yaml/x", "~/x"])
def test_paths_that_cannot_be(root: Path, path: str) -> None:
    ((rule, place, message),) = told(listing(root, "catalog", path))
    assert (rule, place) == ("missing-path", "segdsl.yaml") and path in message


def test_names_that_cannot_be_printed(root: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(root / "catalog") + b"/\xff.yaml")).write_text("tables: [")
    except OSError:
        pytest.skip("this file system takes no such name")
    ((_, place, _),) = told(read_project(root))
    assert place == "catalog/\ufffd.yaml"


@pytest.mark.parametrize("listed", ["[]", "[empty]"])
def test_a_catalog_of_no_files(root: Path, listed: str) -> None:
    (root / "empty").mkdir()
    (root / "segdsl.yaml").write_text(f"language: 1\nname: shop\ncatalog: {listed}\n")
    files = read_project(root)
    (finding,) = files.findings
    assert (finding.rule, finding.span and finding.span.text) == ("no-tables", "catalog")
    assert not files.whole_catalog  # so that no segment is told of its table as well


@pytest.mark.parametrize("listed", ["['']", "[~]", "[[x]]"])
def test_a_catalog_that_lists_nothing_right_is_told_once(root: Path, listed: str) -> None:
    (root / "segdsl.yaml").write_text(f"language: 1\nname: shop\ncatalog: {listed}\n")
    assert [rule for rule, *_ in told(read_project(root))] == ["wrong-value"]


def test_starting_where_nothing_can_be(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    for start in (tmp_path / "loop", tmp_path / "a\0b", tmp_path / ("x" * 5000)):
        with pytest.raises(SegdslError, match="is not there"):
            find_project(start)


def test_a_folder_named_as_the_project_file(tmp_path: Path) -> None:
    (tmp_path / "segdsl.yaml").mkdir()
    with pytest.raises(SegdslError, match=r"no `segdsl\.yaml`"):
        find_project(tmp_path)


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    from segdsl.diagnostics import Findings

    with pytest.raises(SegdslError, match=r"`x/f\.yaml` is not a file"):
        yaml.load(tmp_path, "x/f.yaml", Findings())
