"""`python -m benchmarks [start|check|stages …] [-o FILE]`: prints the tables, and writes a file if asked to."""

from __future__ import annotations

import argparse
import platform
from pathlib import Path

from benchmarks import check, stages, start

ALL = {"start": start.measure, "check": check.measure, "stages": stages.measure}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measures segdsl.")
    parser.add_argument("which", nargs="*", metavar="WHICH", help=f"of {', '.join(ALL)}; all when left out")
    parser.add_argument("-o", "--output", type=Path, help="also write what is printed to this file")
    given = parser.parse_args()
    if unknown := [name for name in given.which if name not in ALL]:
        parser.error(f"there is no benchmark `{unknown[0]}`")
    tables = [f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"]
    print(tables[0])
    for name in given.which or ALL:
        tables.append(ALL[name]())
        print(f"\n{tables[-1]}", flush=True)
    if given.output:
        given.output.write_text("\n\n".join(tables) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
