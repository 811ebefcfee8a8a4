"""The published table of rules: every name that a finding can bear, what it is about, and how to mend it."""

from __future__ import annotations

from segdsl.diagnostics.diagnostic import SegdslError
from segdsl.diagnostics.rule import Rule
from segdsl.diagnostics.rules_data import DATA_RULES
from segdsl.diagnostics.rules_expressions import EXPRESSION_RULES
from segdsl.diagnostics.rules_files import FILE_RULES
from segdsl.diagnostics.rules_sql import SQL_RULES
from segdsl.diagnostics.wording import suggest

RULES: tuple[Rule, ...] = (*FILE_RULES, *EXPRESSION_RULES, *SQL_RULES, *DATA_RULES)
"""All rules: those about files, those about expressions, about SQL, about data."""

_BY_NAME = {rule.name: rule for rule in RULES}


def rule(name: str) -> Rule:
    """The rule of that name. SegdslError, with the nearest name, if there is none."""
    if name not in _BY_NAME:
        raise SegdslError(f"there is no rule `{name}`", suggest(name, _BY_NAME))
    return _BY_NAME[name]
