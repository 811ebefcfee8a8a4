"""Selections: every method, `+`, unions and intersections, and what is said where nothing is meant."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import segdsl
from segdsl.diagnostics import SegdslError
from tests.cli import small

PROJECT = """\
entity: people
segments:
  base: {where: region = 'NO', tags: [core], owner: a+b@shop.example}
  middle: {where: segment(base) and bought > 1, tags: [core, email]}
  top: segment(middle)
  beside: {where: segment(base) or shop_of.city = 'Oslo', owner: crm@shop.example}
  alone: shop is known
"""
ALL = ["base", "middle", "top", "beside", "alone", "in_oslo", "busy"]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> segdsl.Project:
    folder = tmp_path_factory.mktemp("selection")
    small.write(folder, segments__people=None, segments__a=PROJECT)
    loaded = segdsl.load(folder)
    assert not loaded.check().has_errors
    return loaded


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("", "base middle top beside alone in_oslo busy"),
        ("top", "top"),
        ("top base", "base top"),
        ("b*", "base beside busy"),
        ("?op", "top"),
        ("[bt]o*", "top"),
        ("tag:core", "base middle"),
        ("tag:*", "base middle"),
        ("tag:core,tag:email", "middle"),
        ("tag:core,b* alone", "base alone"),
        ("owner:crm@shop.example", "beside"),
        ("owner:*@shop.example", "base beside"),
        ("owner:a+b@shop.example", "base"),
        ("path:segments/a.yaml", "base middle top beside alone"),
        ("path:./segments/a.yaml", "base middle top beside alone"),
        ("path:segments", "base middle top beside alone in_oslo busy"),
        ("path:segments/", "base middle top beside alone in_oslo busy"),
        ("path:segments/more", "in_oslo busy"),
        ("path:segments/*.yaml", "base middle top beside alone"),
        ("path:segments/**/*.yaml", "base middle top beside alone in_oslo busy"),
        ("path:*/more", "in_oslo busy"),
        ("path:.", "base middle top beside alone in_oslo busy"),
        # what is read: by name, by way of an attribute, a link, a chain, an aggregate, a reference
        ("uses:people.region", "base middle top beside"),
        ("uses:orders", "middle top busy"),
        ("uses:orders.placed_on", "middle top busy"),
        ("uses:orders.person_id", "middle top busy"),
        ("uses:shops.city", "beside in_oslo"),
        ("uses:shops", "beside in_oslo busy"),
        ("uses:people.shop", "beside alone busy"),
        ("uses:shops.c*", "beside in_oslo busy"),
        ("uses:*.city", "beside in_oslo"),
        # an attribute, by another and by a reference
        ("uses:people.bought", "middle top"),
        # what depends on what
        ("+top", "base middle top"),
        ("+base", "base"),
        ("base+", "base middle top beside"),
        ("top+", "top"),
        ("+middle+", "base middle top"),
        ("+tag:email", "base middle"),
        ("tag:email+", "middle top"),
        ("+tag:email+", "base middle top"),
        ("+owner:crm@shop.example", "base beside"),
        ("+b*", "base beside busy"),
        ("+top,tag:core", "base middle"),
        ("  top   alone ", "top alone"),
        ("top,", "top"),
    ],
)
def test_what_is_meant(project: segdsl.Project, wanted: str, names: str) -> None:
    assert project.select(wanted) == names.split()


@pytest.mark.parametrize(
    ("wanted", "exclude", "names"),
    [
        ("", "base", "middle top beside alone in_oslo busy"),
        ("+top", "base", "middle top"),
        ("", "path:segments/a.yaml", "in_oslo busy"),
        ("", "base+ path:segments/more", "alone"),
        ("tag:core", "tag:none", "base middle"),
        ("tag:core", "owner:none path:none uses:none x*", "base middle"),
    ],
)
def test_what_is_left_out(project: segdsl.Project, wanted: str, exclude: str, names: str) -> None:
    assert sorted(project.select(wanted, exclude)) == sorted(names.split())


@pytest.mark.parametrize(
    ("wanted", "exclude", "message", "help"),
    [
        ("tpo", "", "there is no segment `tpo`", "did you mean `top`?"),
        ("TOP", "", "there is no segment `TOP`", "did you mean `top`?"),
        ("top tpo", "", "there is no segment `tpo`", "did you mean `top`?"),
        ("x*", "", "no segment is named like `x*`", "the segments are `base`, `middle`, `top`, `beside`, `alone`, `in_oslo` and `busy`"),
        ("tag:cor", "", "no segment has the tag `cor`", "did you mean `core`?"),
        ("tag:zzz", "", "no segment has the tag `zzz`", "the tags are `core` and `email`"),
        ("owner:cmr@shop.example", "", "no segment has the owner `cmr@shop.example`", "did you mean `crm@shop.example`?"),
        ("path:segments/b.yaml", "", "no segment stands in `segments/b.yaml`", "did you mean `segments/a.yaml`?"),
        ("path:catalog", "", "no segment stands in `catalog`", "the files are `segments/a.yaml` and `segments/more/shops.yaml`"),
        ("uses:ordres", "", "the catalog has no table `ordres`", "did you mean `orders`?"),
        ("uses:orders.placed", "", "the catalog has no column or attribute `orders.placed`", "did you mean `orders.placed_on`?"),
        ("uses:orders.amount", "", "no segment uses `orders.amount`", None),
        ("tags:core", "", "segments are not selected by `tags:`", "did you mean `tag`?"),
        ("x:core", "", "segments are not selected by `x:`", "there are `path:`, `tag:`, `owner:` and `uses:`"),
        ("top,alone", "", "`top,alone` matches no segment: a comma means that all of it must hold", None),
        ("+", "", "`+` is no selection", "name a segment"),
        ("tag:", "", "`tag:` is no selection", "name a segment"),
        (",", "", "`,` is no selection", "name a segment"),
        (" ", "", "an empty selection matches no segment", "leave it out to choose all"),
        ("top", "top", "no segment is left: all that were selected are excluded", None),
        ("", "*", "no segment is left: all that were selected are excluded", None),
        ("", "tpo", "there is no segment `tpo`", "did you mean `top`?"),
    ],
)  # fmt: skip
def test_what_is_not_meant(
    project: segdsl.Project, wanted: str, exclude: str, message: str, help: str | None
) -> None:
    with pytest.raises(SegdslError) as caught:
        project.select(wanted, exclude)
    assert (caught.value.message, caught.value.help) == (message, help)


def test_a_segment_with_errors_is_not_called_missing(tmp_path: Path) -> None:
    folder = small.write(
        tmp_path, segments__people="entity: people\nsegments:\n  odd: {where: 1, nonsense: 2}\n"
    )
    with pytest.raises(SegdslError, match="`odd` has errors"):
        segdsl.load(folder).select("odd")


def test_references_are_known_even_where_they_do_not_change_who_is_in(tmp_path: Path) -> None:
    text = (
        "entity: people\nsegments:\n  one: region = 'NO'\n  same: region = 'NO'\n"
        "  both: segment(one) and segment(same)\n  never: segment(one) and 1 = 2\n"
        "  wrong: segment(one) and regoin = 'NO'\n"
    )
    project = segdsl.load(small.write(tmp_path, segments__people=text))
    assert project.references("both") == ["one", "same"]
    assert project.select("+both") == ["one", "same", "both"]
    assert "wrong" in project.select("one+")


def test_references_by_way_of_an_attribute(tmp_path: Path) -> None:
    catalog = small.FILES["catalog/people.yaml"].replace(
        "      bought:", "      loved: segment(buyers) or spent > 10\n      bought:"
    )
    more = "entity: people\nsegments:\n  first: loved\n  second: not loved\n"
    project = segdsl.load(small.write(tmp_path, catalog__people=catalog, segments__more__people=more))
    assert not project.check().has_errors
    assert project.references("first") == project.references("second") == ["buyers"]
    assert project.select("buyers+") == ["first", "second", "buyers", "loyal"]


def test_attributes_by_way_of_attributes_links_and_segments(tmp_path: Path) -> None:
    catalog = small.FILES["catalog/people.yaml"].replace(
        "      bought:", "      rich: spent > 10\n      known: segment(buyers)\n      bought:"
    )
    more = (
        "entity: people\nsegments:\n  first: rich\n  second: segment(first) and known\n"
        "  third: exists(orders where person.shop = 'a')\n  fourth: segment(third) or not rich and 1 = 2\n"
    )
    project = segdsl.load(small.write(tmp_path, catalog__people=catalog, segments__more__people=more))
    assert not project.check().has_errors
    assert project.select("uses:people.rich") == ["first", "second", "fourth"]
    assert project.select("uses:people.spent") == ["first", "second", "fourth"]
    assert project.select("uses:people.known") == ["second"]
    assert project.select("uses:people.bought") == ["second", "buyers", "loyal"]


TERMS = st.sampled_from(
    ["base", "middle", "top", "beside", "b*", "tag:core", "uses:orders", "path:segments/more"]
)
WORDS = st.tuples(st.sampled_from(["", "+"]), TERMS, st.sampled_from(["", "+"])).map("".join)


@given(left=WORDS, right=WORDS)
def test_a_blank_is_or_and_a_comma_is_and(project: segdsl.Project, left: str, right: str) -> None:
    one, other = set(project.select(left)), set(project.select(right))
    assert set(project.select(f"{left} {right}")) == one | other
    if one & other:
        assert set(project.select(f"{left},{right}")) == one & other
    if one - other:
        assert set(project.select(left, right)) == one - other


@given(st.text(alphabet="+,: *?[]!-/\\abtopuse\0ä\n", max_size=12) | st.text(max_size=8))
@example("\0/?")
def test_any_text_is_a_selection_or_is_refused(project: segdsl.Project, text: str) -> None:
    for wanted, exclude in ((text, ""), ("", text), (f"path:{text}", ""), (f"+uses:{text}+", text)):
        try:
            found = project.select(wanted, exclude)
        except SegdslError as error:
            assert error.message
        else:
            assert found and set(found) <= set(ALL)


def test_plus_is_transitive(project: segdsl.Project) -> None:
    """Held against the definition: everything reachable by steps of one reference."""
    pairs = {(name, other) for name in ALL for other in project.references(name)}
    for _ in ALL:
        pairs |= {(a, d) for (a, b), (c, d) in itertools.product(pairs, pairs) if b == c}
    for name in ALL:
        assert set(project.select(f"+{name}")) == {name} | {b for a, b in pairs if a == name}
        assert set(project.select(f"{name}+")) == {name} | {a for a, b in pairs if b == name}
