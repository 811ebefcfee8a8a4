"""The portable regular expressions of `matches`: read strictly, written for each engine that runs them.

What every engine reads alike is small, so a pattern is parsed here and anything else is an error; what an
engine gets is written anew from the tree, with each class spelled out. A pattern is found anywhere in a text.
"""

from __future__ import annotations

import string
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

MAX_REPEAT = 1000
"""The most times that repeats, nested ones multiplied, may ask for: the limit of RE2."""
MAX_SIZE = 10_000
"""The most characters and ranges with all repeats written out: engines refuse patterns without bound."""
MAX_DEPTH = 100

_CLASSES = {
    "d": (("0", "9"),),
    "w": (("0", "9"), ("A", "Z"), ("_", "_"), ("a", "z")),
    "s": (("\t", "\r"), (" ", " ")),
}
_ESCAPE_HELP = {
    "b": r"`\b` is not portable; write what may stand there, such as `(^|[^\w])word($|[^\w])`",
    "B": r"`\B` is not portable; write what may stand there",
    "D": r"`\D` is not portable; write `[^0-9]`",
    "W": r"`\W` is not portable; write `[^0-9A-Za-z_]`",
    "S": r"`\S` is not portable; write `[^\s]`",
    "A": r"`\A` is not portable; `^` is the start of the text",
    "Z": r"`\Z` is not portable; `$` is the end of the text",
    "z": r"`\z` is not portable; `$` is the end of the text",
    "n": r"`\n` is not portable; write `\s`, which a line break is one of",
    "r": r"`\r` is not portable; write `\s`, which a carriage return is one of",
    "t": r"`\t` is not portable; write `\s`, which a tab is one of",
    "p": r"`\p` is not portable; list the characters in a class, such as `[a-zà-ÿ]`",
}
_GROUP_HELP = {
    "(?:": "`(?:` is not needed: plain `( )` groups",
    "(?=": "looking ahead is not portable; use a second `matches` beside this test",
    "(?!": "looking ahead is not portable; use `not … matches` beside this test",
    "(?<": "looking behind and named groups are not portable; plain `( )` groups",
    "(?P": "named groups are not portable; plain `( )` groups",
    "(?i": "flags are not portable; compare `lower(…)`, or write both cases, as in `[Aa]`",
}


class PatternError(Exception):
    """A pattern that is not portable: why, and the offsets (end exclusive) of what is to blame in it.

    `help` is what the message advises after its semicolon, `what` the message up to there.
    """

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.what, _, advice = message.partition("; ")
        self.help = advice or None
        self.start = start
        self.end = end


@dataclass(frozen=True, slots=True)
class Characters:
    """One character: one in the ranges (ends included) or, when negated, one in none of them."""

    ranges: tuple[tuple[str, str], ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """The start of the text."""


@dataclass(frozen=True, slots=True)
class End:
    """The end of the text; before a last line break is not the end."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """`item` from `low` to `high` times; None is any number."""

    item: Pattern
    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after another; none at all is the empty text. No item is a Sequence."""

    items: tuple[Pattern, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """Any one of at least two."""

    options: tuple[Pattern, ...]


Pattern = Characters | Start | End | Repeat | Sequence | Choice

ANY = Characters((("\n", "\n"),), negated=True)
"""`.`: anything but a line break."""


@cache
def parse(pattern: str) -> Pattern:
    """The tree of a pattern. Raises PatternError at the first thing that is not portable."""
    parser = _Parser(pattern)
    tree = parser.choice(0)
    if parser.at < len(pattern):
        raise PatternError(
            r"this `)` closes nothing; for the character itself write `\)`", parser.at, parser.at + 1
        )
    if _size(tree) > MAX_SIZE:
        raise PatternError(
            "the pattern is too large with its repeats written out; repeat less", 0, len(pattern)
        )
    return tree


class _Parser:
    """Recursive descent; each method reads one construct at `at` and leaves `at` behind it."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def peek(self) -> str:
        """The next character, or the empty string at the end."""
        return self.text[self.at : self.at + 1]

    def fail(self, message: str, start: int, end: int | None = None) -> PatternError:
        return PatternError(message, start, min(self.at if end is None else end, len(self.text)))

    def choice(self, depth: int) -> Pattern:
        options = [self.sequence(depth)]
        while self.peek() == "|":
            self.at += 1
            options.append(self.sequence(depth))
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self, depth: int) -> Pattern:
        items: list[Pattern] = []
        while self.peek() not in ("", "|", ")"):
            item = self.repeated(depth)
            items.extend(item.items if isinstance(item, Sequence) else (item,))
        return items[0] if len(items) == 1 else Sequence(tuple(items))

    def repeated(self, depth: int) -> Pattern:
        start = self.at
        if self.peek() in ("*", "+", "?", "{"):
            mark = self.peek()
            raise self.fail(
                f"there is nothing before `{mark}` to repeat; for the character itself write `\\{mark}`",
                start,
                start + 1,
            )
        anchored = self.peek() in ("^", "$")
        item = self.atom(depth)
        behind = self.at
        if self.peek() not in ("*", "+", "?", "{"):
            return item
        if anchored:
            raise self.fail(
                f"`{self.text[start]}` is a place, not a character; leave the repeat out", behind, behind + 1
            )
        low, high = self.quantifier()
        if self.peek() in ("*", "+", "?", "{"):
            self.refuse_second_quantifier()
        result = Repeat(item, low, high)
        if _repetitions(result) > MAX_REPEAT:
            raise self.fail(
                f"repeats inside repeats ask for more than {MAX_REPEAT} times in all; repeat less", behind
            )
        return result

    def quantifier(self) -> tuple[int, int | None]:
        start = self.at
        self.at += 1
        match self.text[start]:
            case "*":
                return 0, None
            case "+":
                return 1, None
            case "?":
                return 0, 1
        end = self.text.find("}", start)
        bounds = self.text[start + 1 : end].split(",") if end >= 0 else []
        if not (
            1 <= len(bounds) <= 2 and _is_count(bounds[0]) and (bounds[-1] == "" or _is_count(bounds[-1]))
        ):
            raise self.fail(
                r"a repeat is written `{3}`, `{2,}` or `{2,5}`; for the character itself write `\{`",
                start,
                end + 1 if end >= 0 else start + 1,
            )
        self.at = end + 1
        if any(len(bound) > 9 or int(bound or 0) > MAX_REPEAT for bound in bounds):
            raise self.fail(f"a repeat is at most {MAX_REPEAT} times; repeat less", start)
        low = int(bounds[0])
        high = int(bounds[-1]) if bounds[-1] else None
        if high is not None and high < low:
            raise self.fail(f"{high} is less than {low}; write `{{{high},{low}}}`", start)
        return low, high

    def refuse_second_quantifier(self) -> None:
        start = self.at
        second = self.peek()
        if second == "?":
            raise self.fail(
                "lazy repeats are not portable; leave `?` out: `matches` only asks whether the pattern is found",
                start,
                start + 1,
            )
        if second == "+":
            raise self.fail("possessive repeats are not portable; leave `+` out", start, start + 1)
        raise self.fail(
            "a repeat of a repeat needs parentheses; write them, as in `(a{2})*`", start, start + 1
        )

    def atom(self, depth: int) -> Pattern:
        start = self.at
        char = self.peek()
        if char == "\\":
            return Characters(self.escape())
        if char == "[":
            return self.char_class()
        self.at += 1
        match char:
            case ".":
                return ANY
            case "^":
                return Start()
            case "$":
                return End()
            case "(":
                return self.group(start, depth + 1)
            case "]" | "}":
                raise self.fail(
                    f"this `{char}` closes nothing; for the character itself write `\\{char}`", start
                )
        return Characters(((char, char),))

    def group(self, start: int, depth: int) -> Pattern:
        if depth > MAX_DEPTH:
            raise self.fail(f"parentheses are nested more than {MAX_DEPTH} deep; nest less deeply", start)
        if self.peek() == "?":
            opening = self.text[start : start + 3]
            raise self.fail(
                _GROUP_HELP.get(opening, f"`{opening}` is not portable; plain `( )` groups"), start, start + 3
            )
        inner = self.choice(depth)
        if self.peek() != ")":
            raise self.fail(
                r"this `(` is never closed; for the character itself write `\(`", start, start + 1
            )
        self.at += 1
        return inner

    def escape(self) -> tuple[tuple[str, str], ...]:
        start = self.at
        char = self.text[start + 1 : start + 2]
        self.at += 2
        if char in _CLASSES:
            return _CLASSES[char]
        if char and char in string.punctuation:
            return ((char, char),)
        if not char:
            raise self.fail(r"nothing follows this backslash; for a backslash itself write `\\`", start)
        if char in "123456789":
            raise self.fail("references back to a group are not portable; write out what is repeated", start)
        raise self.fail(
            _ESCAPE_HELP.get(
                char, f"`\\{char}` is not portable; a backslash stands before punctuation, `d`, `w` or `s`"
            ),
            start,
        )

    def char_class(self) -> Characters:
        start = self.at
        self.at += 1
        negated = self.peek() == "^"
        self.at += negated
        first = self.at
        ranges: list[tuple[str, str]] = []
        while self.peek() != "]":
            if self.peek() == "":
                raise self.fail(
                    r"this `[` is never closed; for the character itself write `\[`", start, start + 1
                )
            ranges.extend(self.class_item(first))
        self.at += 1
        if not ranges:
            raise self.fail(r"an empty class matches nothing; for `]` itself write `[\]]`", start)
        return Characters(tuple(dict.fromkeys(ranges)), negated)

    def class_item(self, first: int) -> tuple[tuple[str, str], ...]:
        """A character, a range or `\\d`, `\\w`, `\\s`, in a class whose first item is at `first`."""
        start = self.at
        two = self.text[start : start + 2]
        if two in ("[:", "[.", "[="):
            raise self.fail(
                r"named classes are not portable; write the ranges, such as `[a-zA-Z]`", start, start + 2
            )
        if two == "&&":
            raise self.fail(
                r"classes can't be intersected; for the character itself write `\&`", start, start + 2
            )
        low = self.class_atom(first)
        if self.peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return low
        self.at += 1
        high = self.class_atom(first)
        if any(len(end) != 1 or end[0][0] != end[0][1] for end in (low, high)):
            raise self.fail(
                r"a range needs a character at both ends; for the hyphen itself write `\-`", start
            )
        if high[0][0] < low[0][0]:
            raise self.fail(
                f"this range is empty, its ends stand the wrong way round; write `{high[0][0]}-{low[0][0]}`",
                start,
            )
        return ((low[0][0], high[0][0]),)

    def class_atom(self, first: int) -> tuple[tuple[str, str], ...]:
        char = self.peek()
        if char == "\\":
            return self.escape()
        # `[-a]` and `[a-]` are hyphens everywhere; `[a-c-z]` is read one way here, another there.
        if char == "-" and self.at != first and self.text[self.at + 1 : self.at + 2] not in ("]", ""):
            raise self.fail(
                r"a hyphen here could be a range; for the hyphen itself write `\-`", self.at, self.at + 1
            )
        self.at += 1
        return ((char, char),)


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _repetitions(tree: Pattern) -> int:
    """How many times the innermost item is asked for, as RE2 counts: unbounded repeats by their `low`."""
    match tree:
        case Repeat(item, low, high):
            return max(1, low if high is None else high) * _repetitions(item)
        case Sequence(items) | Choice(items):
            return max((_repetitions(item) for item in items), default=1)
        case _:
            return 1


def _size(tree: Pattern) -> int:
    match tree:
        case Repeat(item, low, high):
            return max(1, low if high is None else high) * _size(item)
        case Sequence(items) | Choice(items):
            return 1 + sum(_size(item) for item in items)
        case Characters(ranges):
            return len(ranges)
        case Start() | End():
            return 1


def to_python(tree: Pattern) -> str:
    """The pattern for Python's `re.search`, without flags."""
    return _Writer(_python_code_point, r"\Z").choice(tree)


def to_re2(tree: Pattern) -> str:
    """The pattern for RE2 (DuckDB's `regexp_matches`), without flags."""
    return _Writer(lambda char: f"\\x{{{ord(char):X}}}", r"\z").choice(tree)


def to_rust(tree: Pattern) -> str:
    """The pattern for Rust's crate `regex`, without flags."""
    # A backslash before one of these two is the edge of a word there.
    return _Writer(lambda char: f"\\x{{{ord(char):X}}}", r"\z", unescaped="_<>").choice(tree)


def to_postgres(tree: Pattern) -> str:
    """The pattern for PostgreSQL's advanced regular expressions, without flags."""
    return _Writer(lambda char: f"\\U{ord(char):08X}", r"\Z", most_repeats=255).choice(tree)


def to_java(tree: Pattern) -> str:
    """The pattern for what speaks Java's language of them (RE2/J and Joni too), without flags."""
    return _Writer(_short_code_point, r"\z").choice(tree)


def to_whole_text(tree: Pattern) -> str | None:
    """The pattern of all texts in which it is found, for engines that always ask about the whole text, by characters
    as they are; `.` stands for any character there. None where an end of the text is asked for inside of a group,
    which is not to be said without `$`, and that is true before a last line break too."""
    writer = _Writer(lambda char: char, "$", most_repeats=255, group="(")
    options = tree.options if isinstance(tree, Choice) else (tree,)
    found = []
    for option in options:
        items = option.items if isinstance(option, Sequence) else (option,)
        low = 1 if items and isinstance(items[0], Start) else 0
        high = len(items) - 1 if len(items) > low and isinstance(items[-1], End) else len(items)
        if any(map(_has_edge, items[low:high])):
            return None
        inner = "".join(map(writer.item, items[low:high]))
        found.append(f"{'' if low else '.*'}{inner}{'' if high < len(items) else '.*'}")
    return found[0] if len(found) == 1 else f"({'|'.join(found)})"


def _has_edge(tree: Pattern) -> bool:
    match tree:
        case Start() | End():
            return True
        case Repeat(item):
            return _has_edge(item)
        case Sequence(items) | Choice(items):
            return any(map(_has_edge, items))
        case _:
            return False


def _short_code_point(char: str) -> str:
    """By number where it has two digits, else as it is."""
    code = ord(char)
    return f"\\x{code:02X}" if code <= 0xFF else char


def _python_code_point(char: str) -> str:
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


@dataclass(frozen=True)
class _Writer:
    """How an engine writes a code point by number, and the end of the text; how often it repeats at most, and what
    stands for itself without a backslash."""

    code_point: Callable[[str], str]
    end: str
    most_repeats: int = MAX_REPEAT
    unescaped: str = "_"
    group: str = "(?:"

    def choice(self, tree: Pattern) -> str:
        options = tree.options if isinstance(tree, Choice) else (tree,)
        return "|".join(self.sequence(option) for option in options)

    def sequence(self, tree: Pattern) -> str:
        items = tree.items if isinstance(tree, Sequence) else (tree,)
        return "".join(self.item(item) for item in items)

    def item(self, tree: Pattern) -> str:
        match tree:
            case Repeat(item, low, high):
                # Python takes no repeat of a bare `\A`, and no engine one of a bare repeat.
                inner = (
                    self.atom(item) if isinstance(item, Characters) else f"{self.group}{self.choice(item)})"
                )
                return self.repeated(inner, low, high)
            case _:
                return self.atom(tree)

    def repeated(self, item: str, low: int, high: int | None) -> str:
        """In pieces where it is too often for one."""
        most = self.most_repeats
        if max(low, high or 0) <= most:
            return item + _quantifier(low, high)
        first = min(low, most)
        most_here = first or most
        rest = self.repeated(item, low - first, None if high is None else high - most_here)
        return item + _quantifier(first, most_here) + rest

    def atom(self, tree: Pattern) -> str:
        match tree:
            case Characters(((low, high),), negated=False) if low == high:
                return self.literal(low)
            case Characters(ranges, negated):
                return f"[{'^' if negated else ''}{''.join(self.range(low, high) for low, high in ranges)}]"
            case Start():
                return r"\A"
            case End():
                return self.end
            case _:
                return f"{self.group}{self.choice(tree)})"

    def range(self, low: str, high: str) -> str:
        return self.literal(low) if low == high else f"{self.literal(low)}-{self.literal(high)}"

    def literal(self, char: str) -> str:
        if not char.isprintable():
            return self.code_point(char)
        special = char in string.punctuation and char not in self.unescaped
        return "\\" + char if special else char


def _quantifier(low: int, high: int | None) -> str:
    match low, high:
        case 0, None:
            return "*"
        case 1, None:
            return "+"
        case 0, 1:
            return "?"
        case _, None:
            return f"{{{low},}}"
        case _ if low == high:
            return f"{{{low}}}"
        case _:
            return f"{{{low},{high}}}"


def to_posix(tree: Pattern) -> str | None:
    """The pattern in what POSIX calls extended; None where that has no words for it."""
    try:
        return _PosixWriter(lambda char: char, "$", most_repeats=255).choice(tree)
    except _NotPosix:
        return None


class _NotPosix(Exception):
    pass


class _PosixWriter(_Writer):
    """No character is written by its number there, and in a class a backslash is read one way here, another there."""

    def sequence(self, tree: Pattern) -> str:
        if tree == Sequence(()):
            raise _NotPosix
        return super().sequence(tree)

    def item(self, tree: Pattern) -> str:
        match tree:
            case Repeat(item, low, high):
                inner = self.atom(item) if isinstance(item, Characters) else f"({self.choice(item)})"
                return self.repeated(inner, low, high)
            case _:
                return self.atom(tree)

    def atom(self, tree: Pattern) -> str:
        match tree:
            case Characters(((low, high),), negated=False) if low == high:
                return self.literal(low)
            case Characters(ranges, negated):
                return f"[{'^' if negated else ''}{_posix_class(ranges)}]"
            case Start():
                return "^"
            case End():
                return self.end
            case _:
                return f"({self.choice(tree)})"

    def literal(self, char: str) -> str:
        return "\\" + char if char in r"\.[]{}()*+?|^$" else char


def _posix_class(ranges: tuple[tuple[str, str], ...]) -> str:
    """The inside of a class: `]` comes first there, `-` last, and `^` not first."""
    alone = {low for low, high in ranges if low == high}
    spans = [(low, high) for low, high in ranges if low != high]
    if "\\" in alone or any(end in r"\]^-[" for span in spans for end in span):
        raise _NotPosix
    inside = "".join(f"{low}-{high}" for low, high in spans)
    inside += "".join(sorted(alone - set("]^-")))
    if not inside and "^" in alone and "]" not in alone:
        raise _NotPosix
    return "".join(
        ("]" if "]" in alone else "", inside, "^" if "^" in alone else "", "-" if "-" in alone else "")
    )
