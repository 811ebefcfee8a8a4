"""`segdsl ls`."""

from __future__ import annotations

from pathlib import Path

from tests.cli.small import printed, run, write


def test_names_where_nobody_looks(kept: Path) -> None:
    names = "in_oslo\nbusy\nbuyers\nnorwegians\nloyal\nstrangers\n"
    assert run(kept, "ls").stdout == run(kept, "ls", "--output-format", "concise").stdout == names
    assert run(kept, "ls", "loyal", "-s", "busy").stdout == "busy\nloyal\n"
    assert run(kept, "ls", "+loyal", "--exclude", "loyal").stdout == "buyers\nnorwegians\n"


def test_json_has_all(kept: Path) -> None:
    content = printed(run(kept, "ls", "loyal", "--output-format", "json"))
    assert content["segments"] == [
        {
            "name": "loyal",
            "entity": "people",
            "title": None,
            "description": None,
            "owner": "crm@shop.example",
            "goal": None,
            "tags": ["activation", "email"],
            "review_by": None,
            "stability": None,
            "path": "segments/people.yaml",
            "line": 9,
            "depends_on": ["buyers", "norwegians"],
            "uses": ["orders.person_id", "orders.placed_on", "people.id", "people.region"],
        }
    ]
    assert list(content) == sorted(content) and content["findings"] == []


def test_a_project_without_segments_has_none_to_list(tmp_path: Path) -> None:
    folder = write(tmp_path, segments__people=None, segments__more__shops=None)
    result = run(folder, "ls")
    assert (result.exit_code, result.stdout) == (0, "")


def test_with_errors(tmp_path: Path) -> None:
    folder = write(tmp_path, segments__people="entity: people\nsegments:\n  wrong: regoin = 1\n")
    result = run(folder, "ls", "--output-format", "json")
    assert result.exit_code == 1
    content = printed(result)
    assert [finding["rule"] for finding in content["findings"]] == ["unknown-name"]
    assert content["segments"][-1]["uses"] is None and content["segments"][-1]["depends_on"] == []
