"""The wheel, built and installed elsewhere."""

from __future__ import annotations

import csv
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest

import segdsl

pytestmark = [
    pytest.mark.skipif(find_spec("hatchling") is None, reason="hatchling is not installed: run `make setup`"),
    pytest.mark.xdist_group("wheel"),
]

ROOT = Path(segdsl.__file__).parent.parent

# Runs at the start of the new environment's Python, and ends it when a file of the repository is opened: all
# that the tests read from there is what segdsl depends on.
GUARD = """
import os, sys

def guard(event, arguments, root={root!r}, allowed={allowed!r}):
    if event == "open" and isinstance(arguments[0], str):
        path = os.path.realpath(arguments[0])
        if path.startswith(root + os.sep) and not path.startswith(allowed):
            os.write(2, f"opened {{path}} of the repository\\n".encode())
            os._exit(99)

sys.addaudithook(guard)
"""


@dataclass(frozen=True)
class Built:
    """What was built, and from where: the unpacked source package."""

    sdist: Path
    source: Path
    wheel: Path


def run(command: list[str], folder: Path, environment: Mapping[str, str] | None = None) -> str:
    """The output of a command that succeeds."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A source package of this checkout, and a wheel that pip builds of it alone, as from a new clone."""
    folder = tmp_path_factory.mktemp("built")
    run([sys.executable, "-m", "hatchling", "build", "-t", "sdist", "-d", str(folder)], ROOT)
    (sdist,) = folder.glob("*.tar.gz")
    shutil.unpack_archive(sdist, folder)  # `filter` of tarfile is younger than Python 3.11.2
    source = folder / sdist.name.removesuffix(".tar.gz")
    flags = [
        "--no-build-isolation",
        "--no-deps",
        "--no-index",
        "--disable-pip-version-check",
        "--no-cache-dir",
    ]
    run([sys.executable, "-m", "pip", "wheel", *flags, "--wheel-dir", str(folder), str(source)], folder)
    (wheel,) = folder.glob("*.whl")
    return Built(sdist, source, wheel)


@dataclass(frozen=True)
class Install:
    """A virtual environment with the wheel and nothing else; what it depends on is lent by this one."""

    folder: Path
    home: Path
    project: Path

    def run(self, *arguments: str) -> str:
        """The output of `segdsl …`, run in the copied project, with an empty home and hardly a variable."""
        return run([str(self.folder / "bin/segdsl"), *arguments], self.project, self.environment)

    def python(self, code: str) -> str:
        """The output of a program."""
        return run([str(self.folder / "bin/python"), "-c", code], self.project, self.environment)

    @property
    def environment(self) -> dict[str, str]:
        return {"HOME": str(self.home), "PATH": os.defpath, "COLUMNS": "200"}

    @property
    def package(self) -> Path:
        (found,) = self.folder.glob("lib/python*/site-packages")
        return found

    def snapshot(self) -> dict[str, tuple[int, int]]:
        """Size and time of change of every file, apart from the guard that the test itself puts there."""
        files = [
            path
            for path in self.folder.rglob("*")
            if path.is_file() and not path.is_symlink() and not path.name.startswith("guard.")
        ]
        return {str(path): (path.stat().st_size, path.stat().st_mtime_ns) for path in files}


@pytest.fixture(scope="module")
def install(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Install:
    folder = tmp_path_factory.mktemp("elsewhere") / "with blanks"
    shutil.copytree(ROOT / "examples/shop", folder / "shop", ignore=shutil.ignore_patterns(".*"))
    (folder / "home").mkdir()
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    made = Install(folder / "venv", folder / "home", folder / "shop")
    flags = ["--no-deps", "--no-index", "--disable-pip-version-check"]
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "venv/bin/python"), "install"]
    run([*pip, *flags, str(built.wheel)], folder)
    lent = dict.fromkeys(os.path.realpath(sysconfig.get_path(name)) for name in ("purelib", "platlib"))
    allowed = (*(path + os.sep for path in lent), os.path.realpath(sys.prefix) + os.sep)
    (made.package / "lent.pth").write_text("\n".join(lent))
    (made.package / "guard.py").write_text(GUARD.format(root=os.path.realpath(ROOT), allowed=allowed))
    (made.package / "guard.pth").write_text("import guard\n")
    return made


def test_the_source_package_holds_the_grammar_and_no_tables(built: Built) -> None:
    assert (built.source / "grammar/segdsl.lark").read_text() == (ROOT / "grammar/segdsl.lark").read_text()
    assert not list(built.source.rglob("*.tables"))


def test_the_wheel_holds_grammar_tables_and_types_and_nothing_that_is_no_ones(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
        grammar = archive.read("segdsl/syntax/segdsl.lark").decode()
    assert grammar == (ROOT / "grammar/segdsl.lark").read_text()
    assert {"segdsl/syntax/segdsl.tables", "segdsl/py.typed", "segdsl/cli/main.py"} <= names
    assert {name.split("/")[0] for name in names} == {"segdsl", f"segdsl-{segdsl.__version__}.dist-info"}
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_installed_package_is_used_and_not_the_repository(install: Install) -> None:
    where = install.python("import segdsl; print(segdsl.__file__)").strip()
    assert Path(where).is_relative_to(install.folder)
    with pytest.raises(AssertionError, match="of the repository"):
        install.python(f"open({str(ROOT / 'pyproject.toml')!r})")


def test_the_tables_of_the_wheel_fit_the_grammar_of_the_wheel(install: Install) -> None:
    code = "from segdsl.syntax import tables as t; print(t.read(t.TABLES, t.grammar_text()) is not None, t.TABLES)"
    fits, where = install.python(code).strip().split(" ", 1)
    assert fits == "True"
    assert Path(where).is_relative_to(install.folder)


def test_commands_of_the_installed_wheel(install: Install) -> None:
    for path in [install.folder, *install.folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222)  # a wall for all but root, whom the snapshot would tell
    before = install.snapshot()
    assert install.run("--version").strip() == f"segdsl, version {segdsl.__version__}"
    assert "check" in install.run("--help")
    install.run("check")
    sql = install.run("compile", "win_back", "--as-of", "2024-06-30")
    assert sql.startswith(("SELECT", "WITH"))
    rows = list(csv.reader(install.run("members", "win_back", "--as-of", "2024-06-30").splitlines()))
    expected = segdsl.load(ROOT / "examples/shop").members("win_back", date(2024, 6, 30))
    assert rows[0] == ["customer_id"] and len(rows) > 1
    assert [int(key) for (key,) in rows[1:]] == expected.column(0).to_pylist()
    install.run("init", "../started")
    install.run("-C", "../started", "validate")
    assert install.snapshot() == before
    assert list(install.home.iterdir()) == []
