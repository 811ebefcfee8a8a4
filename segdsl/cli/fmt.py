"""`segdsl fmt`"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import click

from segdsl.cli.asking import Run, asking
from segdsl.cli.output import print_findings, wants_color
from segdsl.diagnostics.diagnostic import Findings, SegdslError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--check", "check_only", is_flag=True, help="Write nothing; exit with 1 if a file would change."
)
@click.option("--diff", "show_diff", is_flag=True, help="Write nothing; print what would change.")
@asking()
def fmt(run: Run, paths: tuple[str, ...], check_only: bool, show_diff: bool) -> None:
    """Format expressions in place.

    Comments and the rest of the YAML stay as they are. With paths, only those files and folders.
    """
    from segdsl.cli.files import writing
    from segdsl.files.discover import find_project, project_paths
    from segdsl.formatting import formatted

    root = find_project(run.folder)
    findings = Findings()
    files = _chosen(project_paths(root, findings), root, paths)
    changed = []
    for shown, path in files.items():
        found = formatted(path, shown, findings)
        if found is None or found[0] == found[1]:
            continue
        changed.append(shown)
        if show_diff:
            _print_diff(shown, *found)
        if not (check_only or show_diff):
            mark = _BYTE_ORDER_MARK if path.read_bytes().startswith(_BYTE_ORDER_MARK) else b""
            with writing(path) as made:
                made.write_bytes(mark + found[1].encode())
    print_findings(findings, "full", err=True)
    dry = check_only or show_diff
    if dry and not show_diff:
        for shown in changed:
            click.echo(f"would reformat {shown}", err=True)
    _summarize(len(changed), len(files), dry)
    raise click.exceptions.Exit(1 if findings.has_errors or (dry and changed) else 0)


def _chosen(files: dict[str, Path], root: Path, paths: Collection[str]) -> dict[str, Path]:
    """The files of the project that are named, or lie in folders that are; all without any."""
    if not paths:
        if not files:
            raise SegdslError(
                "the project has no files with expressions", "add some under `catalog:` or `segments:`"
            )
        return files
    chosen: dict[str, Path] = {}
    for path in paths:
        try:
            here = Path(path).resolve(strict=True)
        except (OSError, RuntimeError) as error:
            raise SegdslError(f"`{path}` is not there") from error
        inside = {s: p for s, p in files.items() if p.resolve().is_relative_to(here)}
        if not inside:
            help = "files are those that segdsl.yaml lists under `catalog` and `segments`"
            raise SegdslError(f"nothing to format: `{path}` holds no file of this project", help)
        chosen |= inside
    return {shown: path for shown, path in files.items() if shown in chosen}


def _print_diff(shown: str, before: str, after: str) -> None:
    import difflib
    import sys

    color = wants_color(sys.stdout)
    lines = difflib.unified_diff(before.split("\n"), after.split("\n"), shown, shown, n=2, lineterm="")
    shades = {"+": "green", "-": "red", "@": "cyan"}
    for line in lines:
        shade = shades.get(line[:1]) if not line.startswith(("+++", "---")) else None
        click.echo(click.style(line, fg=shade) if shade else line, color=color)


def _summarize(changed: int, all_files: int, dry: bool) -> None:
    def counted(number: int) -> str:
        return f"{number} file{'s' * (number != 1)}"

    verb = "would be reformatted" if dry else "reformatted"
    same = "already formatted" if dry else "left unchanged"
    told = [f"{counted(changed)} {verb}"] if changed else []
    told += [f"{counted(all_files - changed)} {same}"] if all_files > changed else []
    click.echo(", ".join(told), err=True)
