"""Apache DataFusion, which speaks PostgreSQL's language and computes as Arrow does.

Its integers and sums wrap around in silence, so what may have more than 18 digits is computed as decimals, which
fail instead. A number with a point is a double, and a timestamp counts nanoseconds, unless told otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import ClassVar

from sqlglot import exp

from segdsl.semantics import ir
from segdsl.semantics.patterns import parse, to_rust
from segdsl.semantics.types import MAX_DIGITS, Kind, Type
from segdsl.sql import tree
from segdsl.sql.dialects.postgres import PostgresLike, literal_of_64_bits
from segdsl.sql.tree import Expression
from segdsl.units import Unit

_MOST_DIGITS = 76
"""What its widest decimal has."""
_MORE_IN_A_SUM = 10
"""So many digits more than what is summed a sum has room for."""
_HOURS = 2_000_000
"""So many hours, in nanoseconds, fit 64 bits."""


class DataFusion(PostgresLike):
    name = "datafusion"
    title = "Apache DataFusion"
    types: ClassVar[Mapping[str, str]] = {"HUGEINT": f"DECIMAL({MAX_DIGITS}, 0)"}

    # It would order by an expression with a constant in it in two ways, and refuse its own plan.
    ranks_columns = True

    # --- literals -----------------------------------------------------------------------------------------

    def moment(self, value: datetime) -> Expression:
        if value.tzinfo is None:
            return self.cast(tree.text(value.isoformat(" ")), "TIMESTAMP(6)")
        return _arrow_cast(tree.text(value.astimezone(UTC).isoformat(" ")), "UTC")

    def decimal(self, digits: str, size: str | None) -> Expression:
        if size is None:
            whole, _, fraction = digits.removeprefix("-").partition(".")
            size = f"DECIMAL({len(whole) + len(fraction)}, {len(fraction)})"
        return super().decimal(digits, size)

    def literal(self, value: int | Decimal, scale: int) -> Expression:
        return literal_of_64_bits(self, value, scale)

    # --- numbers ------------------------------------------------------------------------------------------

    def exact_sum(self, value: Expression, type: Type) -> Expression:
        if type.kind is Kind.INTEGER:
            return exp.Sum(this=self.cast(value, "HUGEINT"))
        if type.precision + _MORE_IN_A_SUM <= MAX_DIGITS:
            return exp.Sum(this=value)
        total = exp.Sum(this=self.cast(value, f"DECIMAL({_MOST_DIGITS}, {type.scale})"))
        return self.cast(total, f"DECIMAL({MAX_DIGITS}, {type.scale})")

    def whole_quotient(self, above: Expression, below: Expression) -> Expression:
        # A quotient of decimals has some digits behind the point, and is rounded to them.
        wide = self.cast(above, f"DECIMAL({_MOST_DIGITS}, 0)")
        return self.truncated(self.divide(wide, below))

    def truncated(self, value: Expression) -> Expression:
        # Else it has as many digits behind the point as before, and the less room in front of it.
        return self.cast(super().truncated(value), "HUGEINT")

    def round(self, value: ir.Call, made: Expression, digits: Expression | None) -> Expression:
        rounded = super().round(value, made, digits)
        match value.type.kind:
            case Kind.FLOAT:
                return rounded
            case Kind.DECIMAL:
                # It is of another type than its planner takes it for.
                return self.cast(rounded, f"DECIMAL({value.type.precision}, {value.type.scale})")
            case _:
                return self.cast(rounded, "HUGEINT")

    # --- text ---------------------------------------------------------------------------------------------

    def matches(self, value: Expression, pattern: str) -> Expression:
        written = to_rust(parse(pattern))
        if "\\\\" in written:
            # Its optimizer would make a LIKE of a plain text, in which a backslash is none. It knows no flags.
            return tree.function("REGEXP_LIKE", value, self.text(written), self.text("u"))
        return exp.RegexpLike(this=tree.operand(value), expression=self.text(written))

    # --- time ---------------------------------------------------------------------------------------------

    def add(self, count: int, unit: Unit, value: Expression) -> Expression:
        # A date stays one here. Hours are added so many at a time as an interval takes.
        most = {Unit.HOUR: _HOURS, Unit.MINUTE: _HOURS * 60}.get(unit, abs(count))
        operator, rest = "-" if count < 0 else "+", abs(count)
        while True:
            step = min(rest, most)
            interval = exp.Interval(this=tree.text(str(step)), unit=exp.Var(this=unit.value.upper()))
            value, rest = tree.arithmetic(operator, value, interval), rest - step
            if not rest:
                return value

    def local_time(self, value: Expression, zone: str) -> Expression:
        return tree.function("TO_LOCAL_TIME", _arrow_cast(value, zone))

    def first_of_month(self, year: Expression, month: Expression) -> Expression:
        return tree.function("MAKE_DATE", year, month, tree.number(1))


def _arrow_cast(value: Expression, zone: str) -> Expression:
    """The instant, of microseconds, shown on the clocks of a zone."""
    return tree.function("ARROW_CAST", value, tree.text(f'Timestamp(Microsecond, Some("{zone}"))'))
