"""The command `segdsl`: the group of all commands, and what becomes of what goes wrong."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

import click

import segdsl
from segdsl.cli.commands import LazyGroup

# What commands need is imported where one is run: `segdsl --help` is to be instant.

CLEAN, FINDINGS, NOT_DONE, INTERRUPTED = 0, 1, 2, 130


class Main(LazyGroup):
    """Turns what goes wrong into a message and an exit code, never a traceback."""

    def invoke(self, ctx: click.Context) -> Any:
        from segdsl.cli import output
        from segdsl.diagnostics.diagnostic import FindingsError, SegdslError
        from segdsl.recursion import deep

        output.prepare_streams()
        try:
            try:
                with deep():
                    return super().invoke(ctx)
            finally:
                # Here and not at the end of the process, where nothing could be told any more.
                sys.stdout.flush()
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except FindingsError as error:
            output.tell_findings(error)
            ctx.exit(FINDINGS)
        except SegdslError as error:
            output.tell_error(error.message, error.help)
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)
        except BrokenPipeError:
            # Who reads has had enough, as with `| head`.
            output.silence()
            ctx.exit(CLEAN)
        except OSError as error:
            output.silence()
            where = f"`{error.filename}`: " if error.filename else ""
            output.tell_error(f"{where}{error.strerror or error}")
        except MemoryError:
            output.tell_error("the memory is used up", "select fewer segments")
        except Exception as error:
            if os.environ.get("SEGDSL_DEBUG"):
                import traceback

                traceback.print_exc()
            told = " ".join(f"{type(error).__name__}: {error}".split())
            output.tell_error(f"internal error: {told}; please report it", "SEGDSL_DEBUG=1 shows where")
        ctx.exit(NOT_DONE)


@click.group(cls=Main, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("-C", "folder", metavar="DIR", help="Run as if started in DIR.")
@click.version_option(segdsl.__version__, prog_name="segdsl")
@click.pass_context
def main(ctx: click.Context, folder: str | None) -> None:
    """Customer segments as code: checked, compiled to SQL, measured."""
    from pathlib import Path

    from segdsl.diagnostics.diagnostic import SegdslError

    ctx.obj = Path()
    if folder is not None:
        try:
            ctx.with_resource(contextlib.chdir(folder))
        except OSError as error:
            raise SegdslError(f"`-C {folder}`: {error.strerror or error}") from error
