"""Patterns of text tests that some text fits, or almost."""

from __future__ import annotations

import string

from tests.strategies.choices import Choices


def pattern(choices: Choices, operator: str, text: str) -> str:
    """A pattern for a text test, made from a text that it may be held against; of one line."""
    start = choices.number(0, len(text))
    part = text[start : start + choices.number(0, 3)]
    match operator:
        case "contains":
            return part
        case "starts with":
            return text[: choices.number(0, 3)]
        case "ends with":
            return text[max(0, len(text) - choices.number(0, 3)) :]
        case "like":
            return choices.of(
                [f"%{part}%", f"{text[:1]}%", f"%{text[-1:]}", text, _holes(choices, text), part]
            )
        case _:
            return _expression(choices, text, part)


def _holes(choices: Choices, text: str) -> str:
    return "".join("_" if choices.chance(30) else char for char in text)


def _expression(choices: Choices, text: str, part: str) -> str:
    items = [_item(choices, char) for char in (part or text[:2])]
    made = "".join(items)
    match choices.number(0, 5):
        case 0:
            made = f"^{made}"
        case 1:
            made = f"{made}$"
        case 2 if made:
            made = f"({made})+|x?y"
        case 3:
            made = f"^{''.join(_item(choices, char) for char in text)}$"
        case 4 if made:
            made = f"[^a]*({made}){{1,2}}"
    return made


def _item(choices: Choices, char: str) -> str:
    if choices.chance(20):
        return choices.of([".", r"\w", r"\d", r"\s", "[a-zA-Z]", "[^b]", ".?"])
    return "\\" + char if char in string.punctuation else char
