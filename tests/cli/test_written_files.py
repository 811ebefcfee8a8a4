"""Files are written whole or not at all, under names that every file system takes."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segdsl.cli.files import file_names, write_texts, writing
from segdsl.diagnostics import SegdslError

WORDS = st.from_regex(r"[^\W\d]\w{0,12}", fullmatch=True)


def test_a_failure_leaves_what_was_there(tmp_path: Path) -> None:
    place = tmp_path / "out.csv"
    place.write_text("before")
    with pytest.raises(ZeroDivisionError), writing(place) as made:
        made.write_text("half")
        raise ZeroDivisionError
    assert place.read_text() == "before"
    assert os.listdir(tmp_path) == ["out.csv"]


def test_nothing_stands_there_before_the_end(tmp_path: Path) -> None:
    place = tmp_path / "out.csv"
    with writing(place) as made:
        made.write_text("whole")
        assert not place.exists() and made.parent == tmp_path
    assert place.read_text() == "whole"
    assert os.listdir(tmp_path) == ["out.csv"]


@pytest.mark.skipif(os.name == "nt", reason="permissions of POSIX")
def test_permissions_are_those_of_any_file(tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")
    with writing(tmp_path / "new") as made:
        made.write_text("")
    assert (tmp_path / "new").stat().st_mode == (tmp_path / "plain").stat().st_mode
    (tmp_path / "new").chmod(0o600)
    with writing(tmp_path / "new") as made:
        made.write_text("")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="links of POSIX")
def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "real.csv").write_text("before")
    (tmp_path / "link.csv").symlink_to(tmp_path / "there" / "real.csv")
    with writing(tmp_path / "link.csv") as made:
        made.write_text("after")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "there" / "real.csv").read_text() == "after"


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "nowhere" / "x.csv", tmp_path / "file" / "x.csv"):
        with pytest.raises(SegdslError, match="can't be written"), writing(place):
            pass
    with pytest.raises(SegdslError, match="can't be written"):
        write_texts(tmp_path / "file", {"a.sql": ""})
    with pytest.raises(SegdslError, match="can't be written"), writing(tmp_path):
        pass
    assert os.listdir(tmp_path) == ["file"]


def test_texts_are_written_together(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("before")
    with pytest.raises(SegdslError):
        write_texts(tmp_path, {"a.sql": "after", "no/such/folder.sql": ""})
    assert (tmp_path / "a.sql").read_text() == "before"
    assert os.listdir(tmp_path) == ["a.sql"]
    write_texts(tmp_path, {"a.sql": "after\n", "b.sql": "ä\n"})
    assert (tmp_path / "a.sql").read_bytes() == b"after\n"
    assert (tmp_path / "b.sql").read_bytes() == "ä\n".encode()


@given(st.lists(WORDS, unique=True, max_size=8))
def test_names_stay_apart_on_every_file_system(names: list[str]) -> None:
    made = file_names(names)
    assert list(made) == names
    seen = {unicodedata.normalize("NFC", name.casefold()) for name in made.values()}
    assert len(seen) == len(names)
    for name in made.values():
        assert 0 < len(name.encode()) <= 220 and not set(name) & set('/\\:*?"<>|\0 ')


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("vip", "vip"),
        ("Big_Spenders2", "Big_Spenders2"),
        ("客戶", "客戶"),
        ("lifecycle.new", "lifecycle.new"),
        ("aux", "%61ux"),
        ("COM1.new", "%43OM1.new"),
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("100%", "100%25"),
        ("é", "é"),
    ],
)
def test_names_alone(name: str, made: str) -> None:
    assert file_names([name]) == {name: made}


def test_names_alike() -> None:
    composed, apart = "caf\u00e9", "cafe\u0301"
    assert file_names([composed, apart]) == {composed: "caf%C3%A9", apart: apart}
    assert file_names(["a", "A"]) == {"a": "a", "A": "%41"}


def test_long_names_are_cut_and_stay_apart() -> None:
    one, other = "x" * 500 + "a", "x" * 500 + "b"
    made = file_names([one, other])
    assert made[one] != made[other] and all(len(name) == 200 for name in made.values())
