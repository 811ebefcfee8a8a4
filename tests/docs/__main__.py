"""`python -m tests.docs` re-makes what is made on the pages of the manual, which must then be read.

Those are the language reference and the table of rules, and below each command what it prints now. Lines that were
left out (`…`) stay so where what is shown still agrees; elsewhere the whole output is put in, to be cut again by hand.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.docs import language, rules
from tests.docs.pages import ROOT, pages
from tests.docs.session import Problem, run_page


def main() -> int:
    """Rewrites pages; the exit code tells whether there are problems that only a person can mend."""
    _write(language.PAGE, language.make())
    _write(rules.PAGE, rules.make())
    left: list[str] = []
    for page in pages():
        text = page.read_text(encoding="utf-8")
        with tempfile.TemporaryDirectory() as scratch:
            problems = run_page(text, Path(scratch))
        left += [f"{page.relative_to(ROOT)}, {problem}" for problem in problems if problem.better is None]
        _write(page, mended(text, problems))
    print("\n".join(left), file=sys.stderr)
    return 1 if left else 0


def mended(text: str, problems: list[Problem]) -> str:
    """A page with what is better put in its place."""
    for problem in reversed(problems):
        if problem.better is not None:
            text = text[: problem.block.start] + problem.better + text[problem.block.end :]
    return text


def _write(page: Path, text: str) -> None:
    if not page.exists() or page.read_text(encoding="utf-8") != text:
        page.write_text(text, encoding="utf-8")
        print(f"changed {page.relative_to(ROOT)}: read it")


if __name__ == "__main__":
    sys.exit(main())
