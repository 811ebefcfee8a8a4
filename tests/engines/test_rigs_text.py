"""Text and names that are hard on quoting, encodings and collations: each engine finds what the interpreter finds."""

from __future__ import annotations

from datetime import date
from typing import Any

from segdsl import sql
from segdsl.planner import plan
from segdsl.reference.interpreter import members
from segdsl.semantics import ir
from segdsl.semantics.types import INTEGER, STRING
from segdsl.sql.dialects import dialect
from tests.engines.rigs.base import Rig, Stored

AS_OF = date(2024, 1, 31)
TEXTS = (
    *("", " ", "a", "A", "a ", " a", "a  ", "\ta", "a\u00a0", "aa", "b"),
    *("'", "''", "it's", '"', 'say "hi"', "`", "\\", "\\\\", "a\\", "\\'", "a\\nb", "a\nb", "a\r\nb"),
    *(
        "%",
        "_",
        "a%",
        "a_b",
        "a\\%b",
        "a\\_b",
        "100%",
        "%s",
        "%(x)s",
        "{x}",
        "${x}",
        "${env:HOME}",
        "${system:user.name}",
        ":x",
        "?",
        "$1",
        "@x",
        "#",
        "a;b",
    ),
    *("é", "e\u0301", "E", "e", "É", "ß", "ss", "ẞ", "i", "I", "ı", "İ", "i\u0307", "ſ", "K", "K", "æ", "ae"),
    *("😀", "a😀b", "👩‍👩‍👧", "客", "ｶ", "カ", "\u200b", "\ufeff", "a\u0300b", "\u202e", "\U0010ffff"),
    *("--", "/*", "*/", "NULL", "null", "true", "select", "/* x */ --", "0x41", "01", "1", "1.0", "١"),
)
NAME, NOTE = '"odd" name', "naïve `key` [order] it's"
COLUMNS = ("name", "SELECT", "größe", "a b", "x%s", "#1", NAME, NOTE)
"""A text stands in each of them: the names have to be quoted right, or the engine finds nothing."""
PEOPLE = ir.Table("people", "the people; of 'us'", "id", "ORDER", INTEGER)
ROWS: dict[str, list[dict[str, Any]]] = {
    "people": [
        {"id": number, **{name: TEXTS[(number + shift) % len(TEXTS)] for shift, name in enumerate(COLUMNS)}}
        for number in range(len(TEXTS))
    ]
    + [{"id": -1, **dict.fromkeys(COLUMNS)}]
}


def column(name: str) -> ir.Column:
    return ir.Column(ir.Scope.ROW, (), "people", name, name, STRING, True)


def conditions(unlike: tuple[str, ...] = ()) -> list[ir.Condition]:
    """All but those that ask for a function which a mere emulation has in another way."""
    found: list[ir.Condition] = []
    for number, text in enumerate(TEXTS):
        value = column(COLUMNS[number % len(COLUMNS)])
        constant = ir.Constant(text, STRING)
        found += [
            ir.Compare("=", value, constant, False),
            ir.Compare("!=", value, constant, True),
            ir.InList(value, (constant, ir.Constant("a", STRING)), True, True),
        ]
        for operator in ("contains", "starts with", "ends with", "like"):
            found.append(ir.TextTest(operator, value, text, False, False))
        found.append(ir.TextTest("like", value, f"%{text}_", True, True))
        for change in (each for each in ("lower", "upper", "trim") if each not in unlike):
            found.append(ir.Compare("=", ir.Call(change, (value,), STRING), constant, False))
    for length in range(6):
        size = ir.Call("length", (column("name"),), INTEGER)
        found.append(ir.Compare("=", size, ir.Constant(length, INTEGER), False))
    return found


def test_text_and_names(rig: Rig) -> None:
    rows = tuple((row["id"], *(row[name] for name in COLUMNS)) for row in ROWS["people"])
    columns = (("ORDER", INTEGER), *((name, STRING) for name in COLUMNS))
    rig.load([Stored(PEOPLE.source, columns, rows)])
    for start in range(0, len(asked := conditions(getattr(rig, "unlike", ()))), 40):
        segments = [
            ir.Segment(f"s{number}", ir.Population(PEOPLE, None), condition)
            for number, condition in enumerate(asked[start : start + 40])
        ]
        planned = plan(segments, AS_OF, apart=dialect(rig.dialect).apart)
        text = sql.to_text(sql.flags_query(planned, None, rig.dialect), rig.dialect)
        answer = rig.ask(text)
        assert len(answer) == len(rows)
        for position, segment in enumerate(segments, 1):
            keys = {row[0] for row in answer if row[position]}
            assert keys == members(segment, ROWS, AS_OF), f"{segment.condition}\n{text}"


def test_samples_of_text(rig: Rig) -> None:
    """A key of any text is hashed as it is encoded in UTF-8."""
    texts = tuple(dict.fromkeys(TEXTS))
    table = ir.Table("words", "words", "word", "word", STRING)
    rig.load([Stored("words", (("word", STRING),), tuple((text,) for text in texts))])
    sample = ir.Sample(ir.Scope.ROW, (), table, "it's 😀 \\", 2**30, 2**31, False)
    segment = ir.Segment("some", ir.Population(table, None), sample)
    planned = plan([segment], AS_OF, apart=dialect(rig.dialect).apart)
    found = {
        row[0]
        for row in rig.ask(sql.to_text(sql.members_query(planned, "some", None, rig.dialect), rig.dialect))
    }
    expected = members(segment, {"words": [{"word": text} for text in texts]}, AS_OF)
    assert found == expected and 0 < len(expected) < len(texts)


_WORDS = """
add alter autoincrement commit delete drop index insert nothing raise transaction update
all and any array as asc at between both by case cast check collate column contains create cross cube
current current_date current_time current_timestamp current_user date day default desc distinct else end
escape except execute exists extract false fetch filter final following for from full global group groups
hash having hour if ignore in inner intersect interval into is join key lateral left like limit localtime
lookup merge minus month natural new no not null nulls of offset on only or order outer over partition
preceding primary qualify range rank recursive respect right row rows sample select session_user set some
sql struct sum table then time timestamp to treat true unbounded union unique unknown unnest user using
value values week when where window with within year
"""
"""What is a keyword to one engine or another."""


def test_keywords_as_names(rig: Rig) -> None:
    """Of tables and of columns, of which one has the name of its table."""
    words = [word for word in _WORDS.split() if word not in getattr(rig, "unlike", ())]
    for name in ("value", "order"):
        table = ir.Table("words", name, "id", "id", INTEGER)
        columns = [ir.Column(ir.Scope.ROW, (), "words", word, word, INTEGER, True) for word in words]
        row = {"id": 1, **{word: number for number, word in enumerate(words, 1)}}
        stored = (("id", INTEGER), *((word, INTEGER) for word in words))
        rig.load([Stored(name, stored, (tuple(row.values()), (2, *(None for _ in words))))])
        segments = [
            ir.Segment(f"s{number}", ir.Population(table, None), condition)
            for number, column in enumerate(columns, 1)
            for condition in [ir.Compare("=", column, ir.Constant(number, INTEGER), False)]
        ]
        planned = plan(segments, AS_OF, apart=dialect(rig.dialect).apart)
        text = sql.to_text(sql.flags_query(planned, None, rig.dialect), rig.dialect)
        for key, *flags in rig.ask(text):
            assert all(bool(flag) == (key == 1) for flag in flags), text
