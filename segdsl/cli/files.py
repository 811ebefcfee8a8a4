"""Files that commands write: each whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from segdsl.diagnostics.diagnostic import SegdslError

_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)
"""Names that Windows keeps for itself, whatever comes after a dot."""
_LONGEST = 200
"""Bytes of a name; file systems take 255, and something may be put after it."""


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """A file beside `path` to write to, which takes its place at the end; on any failure it goes away, and what
    stood at `path` stays. Raises SegdslError where the file can't be written."""
    with _told(path):
        # Through a link, so that what it points to is replaced and not the link.
        place = path.resolve()
        handle, name = tempfile.mkstemp(prefix=".segdsl-", suffix=path.suffix, dir=place.parent)
        os.close(handle)
        made = Path(name)
        try:
            yield made
            made.chmod(place.stat().st_mode & 0o777 if place.exists() else 0o666 & ~_mask())
            made.replace(place)
        finally:
            made.unlink(missing_ok=True)


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Writes texts under their names into a folder, which is made if need be. All of them are on disk before
    the first takes its place. Raises SegdslError."""
    with _told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as stack:
        for name, text in texts.items():
            with _told(folder / name):
                stack.enter_context(writing(folder / name)).write_text(text, encoding="utf-8", newline="\n")


def file_names(names: Iterable[str]) -> dict[str, str]:
    """For each name one that every file system takes, and keeps apart from the others.

    What may stand in no file name is written `%XX`, as in addresses; so are capitals (and accents) of names
    that differ from another by those alone.
    """
    names = list(names)
    alike = Counter(map(_folded, names))
    return {name: _file_name(name, alone=alike[_folded(name)] == 1) for name in names}


def _file_name(name: str, alone: bool) -> str:
    made = "".join(c if _is_safe(c, alone) else _escaped(c) for c in name)
    if _DEVICES.match(made):
        made = _escaped(made[0]) + made[1:]
    raw = made.encode()
    if len(raw) > _LONGEST:
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        made = f"{raw[: _LONGEST - 17].decode(errors='ignore')}~{digest}"
    return made


def _is_safe(character: str, alone: bool) -> bool:
    if not (character.isalnum() or character in "_-." or unicodedata.combining(character)):
        return False
    return alone or (
        character == character.casefold() and character == unicodedata.normalize("NFD", character)
    )


def _escaped(character: str) -> str:
    return "".join(f"%{byte:02X}" for byte in character.encode())


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", name).casefold())


def _mask() -> int:
    """What new files of the user are not permitted; there is no way to ask but to set it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask


@contextlib.contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SegdslError(f"`{path}` can't be written: {error.strerror or error}") from error
