"""Verdicts on members as trees for a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from rich.tree import Tree

from segdsl.checks.why import heading, show_value

if TYPE_CHECKING:
    from rich.console import Console

    from segdsl.checks.why import Verdict


def show_verdict(verdict: Verdict, name: str, key_name: str, key: str, console: Console) -> None:
    """Prints whether the entity is in the segment, and a tree of the clauses."""
    said = "is in" if verdict.holds else "is not in"
    console.print(Text.assemble((f"{key_name} {key}", "bold"), f" {said} ", (name, "bold")))
    console.print(_tree(verdict))


def _tree(verdict: Verdict, parent: Tree | None = None) -> Tree:
    mark, style = ("✓", "green") if verdict.holds else ("✗", "red")
    label = Text.assemble((f"{mark} ", style), heading(verdict))
    for text, value in verdict.values:
        about = "" if text == verdict.clause.text else f"{text} = "
        label.append(f"   {about}{show_value(value)}", style="cyan")
    tree = Tree(label, guide_style="dim") if parent is None else parent.add(label)
    for child in verdict.children:
        _tree(child, tree)
    return tree
