"""Puts the saved parser tables into a wheel, made from its own grammar by the Lark that builds it.

An editable install gets none: there they stand in the checkout, where `python -m segdsl.syntax.tables` puts
them for the Lark that is installed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface[Any]):
    """Makes the tables in a folder outside the checkout, so that no old ones that lie there are shipped."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if version == "editable":
            return
        self._folder = tempfile.TemporaryDirectory(prefix="segdsl-tables-")
        tables = Path(self._folder.name, "segdsl.tables")
        paths = [self.root, os.environ.get("PYTHONPATH", "")]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(path for path in paths if path),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        command = [sys.executable, "-m", "segdsl.syntax.tables", str(tables)]
        subprocess.run(command, cwd=self.root, env=environment, check=True, stdout=subprocess.DEVNULL)
        build_data["force_include"][str(tables)] = "segdsl/syntax/segdsl.tables"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if version != "editable":
            self._folder.cleanup()
