"""`segdsl members`: keys in every form, sorted, printed or in a file."""

from __future__ import annotations

import csv
import io
import json
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.cli.small import DAY, FILES, printed, run, write

PEOPLE = ("-s", "path:segments/people.yaml")
LONG = [[2, "buyers"], [2, "norwegians"], [3, "strangers"], [10, "buyers"], [10, "loyal"]]


def test_csv(kept: Path) -> None:
    assert run(kept, "members", "buyers", *DAY).stdout == "id\n2\n10\n"


def test_jsonl(kept: Path) -> None:
    assert (
        run(kept, "members", "buyers", *DAY, "--output-format", "jsonl").stdout == '{"id": 2}\n{"id": 10}\n'
    )


def test_json(kept: Path) -> None:
    assert printed(run(kept, "members", "buyers", *DAY, "--output-format", "json")) == {
        "version": 1,
        "project": "small",
        "findings": [],
        "entity": "people",
        "key": "id",
        "members": [2, 10],
    }


def test_nobody(kept: Path) -> None:
    early = ("members", "buyers", "--as-of", "2000-01-01")
    assert run(kept, *early).stdout == "id\n"
    assert printed(run(kept, *early, "--output-format", "json"))["members"] == []
    assert run(kept, *early, "--output-format", "jsonl").stdout == ""


def test_text_keys_are_sorted_by_code_point(tmp_path: Path) -> None:
    keys = ["b", "B", "ä", "a", "Z", "𝒳", "\uffff", "a,b", 'say "x"', "10", "9", " "]
    rows = io.StringIO()
    csv.writer(rows).writerows([["code", "city"], *([key, "Oslo"] for key in keys)])
    folder = write(tmp_path, data__shops=rows.getvalue())
    found = list(csv.reader(io.StringIO(run(folder, "members", "in_oslo", *DAY).stdout)))
    assert found == [["code"], *([key] for key in sorted(keys))]
    assert printed(run(folder, "members", "in_oslo", *DAY, "--output-format", "json"))["members"] == sorted(
        keys
    )


def test_flags(kept: Path) -> None:
    assert run(kept, "members", *PEOPLE, "--as", "flags", *DAY).stdout.splitlines() == [
        "id,buyers,norwegians,loyal,strangers",
        "1,false,false,false,false",
        "2,true,true,false,false",
        "3,false,false,false,true",
        "10,true,false,true,false",
    ]
    content = printed(run(kept, "members", "loyal", "--as", "flags", *DAY, "--output-format", "json"))
    assert content["members"][-1] == {"id": 10, "loyal": True} and len(content["members"]) == 4


def test_long(kept: Path) -> None:
    found = list(csv.reader(io.StringIO(run(kept, "members", *PEOPLE, "--as", "long", *DAY).stdout)))
    assert found == [["id", "segment"], *([str(key), name] for key, name in LONG)]
    content = printed(run(kept, "members", *PEOPLE, "--as", "long", *DAY, "--output-format", "json"))
    assert [list(row.values()) for row in content["members"]] == LONG


def test_segments_whose_names_differ_by_case_alone_or_are_the_key(tmp_path: Path) -> None:
    text = "entity: people\nsegments:\n  vip: id = 1\n  VIP: id = 2\n  id: region = 'ID'\n"
    folder = write(tmp_path, segments__people=text)
    lines = run(folder, "members", "-s", "vip VIP", "--as", "flags", *DAY).stdout.splitlines()
    assert lines == ["id,vip,VIP", "1,true,false", "2,false,true", "3,false,false", "10,false,false"]
    assert (
        run(folder, "members", "-s", "vip id", "--as", "long", *DAY).stdout
        == "id,segment\n1,vip\n1,id\n10,id\n"
    )
    assert run(folder, "members", "id", *DAY).stdout == "id\n1\n10\n"
    refused = run(folder, "members", "-s", "vip id", "--as", "flags", *DAY)
    assert refused.exit_code == 2 and "named as the key" in refused.stderr
    sizes = printed(run(folder, "size", *DAY, "--output-format", "json", "-s", "vip VIP id"))
    assert [block["size"] for block in sizes["entities"][0]["segments"]] == [1, 1, 2]


@pytest.mark.parametrize("form", ["csv", "jsonl", "parquet"])
def test_files(kept: Path, tmp_path: Path, form: str) -> None:
    def read(*arguments: str) -> list[list[object]]:
        file = tmp_path / f"out.{form}"
        result = run(kept, "members", *arguments, *DAY, "-o", str(file))
        assert (result.exit_code, result.output) == (0, "")
        if form == "csv":
            return [list(row) for row in csv.reader(io.StringIO(file.read_text()))][1:]
        if form == "jsonl":
            return [list(json.loads(line).values()) for line in file.read_text().splitlines()]
        return [list(row.values()) for row in pq.read_table(file).to_pylist()]

    plain = str if form == "csv" else lambda value: value
    assert read("buyers") == [[plain(2)], [plain(10)]]
    assert read(*PEOPLE, "--as", "long") == [[plain(key), name] for key, name in LONG]
    if form != "csv":
        assert read(*PEOPLE, "--as", "flags")[1] == [2, True, True, False, False]
    assert os.listdir(tmp_path) == [f"out.{form}"]


def test_a_file_is_the_same_in_two_runs(kept: Path, tmp_path: Path) -> None:
    for form in ("csv", "jsonl", "parquet"):
        for name in ("one", "two"):
            assert run(kept, "members", "buyers", *DAY, "-o", str(tmp_path / f"{name}.{form}")).exit_code == 0
        assert (tmp_path / f"one.{form}").read_bytes() == (tmp_path / f"two.{form}").read_bytes()


def test_a_failing_run_leaves_the_file_that_was_there(project: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    file.write_text("before")
    (project / "data" / "people.csv").unlink()
    assert run(project, "members", "buyers", *DAY, "-o", str(file)).exit_code == 2
    assert file.read_text() == "before"
    assert run(project, "members", "buyers", *DAY, "-o", str(tmp_path / "out.txt")).exit_code == 2
    assert sorted(os.listdir(tmp_path)) == ["out.csv", "project"]


def test_segments_of_several_entities(kept: Path) -> None:
    result = run(kept, "members", "--as", "long", *DAY)
    assert result.exit_code == 2
    assert "`shops` and `people`" in result.stderr


def test_several_segments_need_a_shape(kept: Path) -> None:
    result = run(kept, "members", *PEOPLE, *DAY)
    assert result.exit_code == 2
    assert "--as flags" in result.stderr and "4 segments" in result.stderr


def test_findings_are_json_where_that_is_asked_for(tmp_path: Path) -> None:
    folder = write(tmp_path, data__people=FILES["data/people.csv"].replace("10,ID", "ten,ID"))
    result = run(folder, "members", "buyers", *DAY, "--output-format", "json")
    assert result.exit_code == 1
    content = printed(result)
    assert content["project"] == "small"
    assert "unreadable-value" in [finding["rule"] for finding in content["findings"]]
