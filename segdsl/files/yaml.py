"""YAML 1.2 core, read into nodes that know their place; every fault of it a finding in plain words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from segdsl.diagnostics import Diagnostic, Findings, SegdslError
from segdsl.files import yaml_faults
from segdsl.files.nodes import Mapping, Node, Scalar, Sequence, Style, span_of
from segdsl.source import SourceFile, Span

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_MOST_ALIASED_NODES = 10_000
_DEEPEST = 100
_MOST_FAULTS = 100
_STYLES: dict[str, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_PROPERTY = re.compile(r"&[^\s,\[\]{}]+|!<[^>\s]*>|![^\s,\[\]{}]*")
_BLANK = re.compile(r"(?:\s|(?<=\s)#[^\n]*)*")
# All that YAML's printable characters leave out, and Unicode's noncharacters. Told by what they are not, the
# pattern would take long to compile.
_UNPRINTABLE = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]"
)
# Line ends in YAML 1.1, which PyYAML reads, but ordinary characters in 1.2: it is shown others instead, which
# no file may hold.
_SEPARATORS = "\x85\u2028\u2029"
_STAND_INS = "\ufdd0\ufdd1\ufdd2"
_HIDE = str.maketrans(_SEPARATORS, _STAND_INS)
_SHOW = str.maketrans(_STAND_INS, _SEPARATORS)


def load(path: Path, shown: str, findings: Findings) -> Node | None:
    """The node of a file, or None with findings that say why not. `shown` is the path for messages.

    A duplicate key is a finding and is left out; every other fault leaves no node. Raises SegdslError when
    the file cannot be read.
    """
    try:
        if path.exists() and not path.is_file():
            raise SegdslError(f"`{shown}` is not a file", "only files and folders can be read")
        data = path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        if path.is_symlink():
            reason = f"it is a link to `{os.readlink(path)}`, which is not there"
        raise SegdslError(f"`{shown}` cannot be read: {reason}", "take it away, or mend it") from error
    file = _decoded(data, shown, findings)
    return None if file is None else load_text(file, findings)


def load_text(file: SourceFile, findings: Findings) -> Node | None:
    """The same for a text at hand."""
    if unprintable := _unprintable(file):
        findings.add(unprintable)
        return None
    reader = _Reader(file)
    try:
        root = reader.read(LOADER)
    except yaml.MarkedYAMLError as error:
        root = None
        # libyaml looks ahead and may give up, a thousand levels down, before the reader does.
        if "maximum nesting depth" in (error.problem or ""):
            return _told_of_depth(file, findings)
        fault = _explained(file, error)
        # What is odd about its line was a part of the same mistake.
        reader.cuts = [cut for cut in reader.cuts if not _same_line(cut, fault)]
        if not any(_same_line(told, fault) for told in reader.faults):
            reader.faults.append(fault)
    except (yaml.YAMLError, ValueError, OverflowError):
        # Only the number of an escape that is no character comes here, and without a place.
        root = None
        reader.faults.append(yaml_faults.impossible_escape(file))
    findings.extend(reader.faults + reader.cuts)
    return root if all(f.rule == "duplicate-key" for f in reader.faults) and not reader.cuts else None


def _explained(file: SourceFile, error: yaml.MarkedYAMLError) -> Diagnostic:
    # Loaded when it is needed: its patterns take a while to compile.
    from segdsl.files.yaml_errors import explain

    return explain(file, error)


def _same_line(one: Diagnostic, other: Diagnostic) -> bool:
    return one.span is not None and other.span is not None and one.span.line == other.span.line


def _told_of_depth(file: SourceFile, findings: Findings) -> None:
    """Reads with the scanner in Python, which knows no limit and so reaches the level that is too deep."""
    reader = _Reader(file)
    try:
        reader.read(yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        reader.faults.append(_explained(file, error))
    findings.extend(reader.faults)


def _fault(span: Span, message: str, help: str, rule: str = "yaml-syntax") -> Diagnostic:
    return Diagnostic(rule, message, span, help)


# --- from bytes to text -----------------------------------------------------------------------------------


def _decoded(data: bytes, shown: str, findings: Findings) -> SourceFile | None:
    encoding = _wide_encoding(data)
    try:
        if encoding is None:
            return SourceFile(shown, data.decode("utf-8").removeprefix("\ufeff"))
        before, what = "", f"it looks like {encoding[:6].upper()}"
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        what = f"byte {error.start} is 0x{data[error.start]:02x}"
    file = SourceFile(shown, data.decode(encoding or "utf-8", "replace").removeprefix("\ufeff"))
    message = f"this file is not UTF-8: {what}, in line {before.count(chr(10)) + 1}"
    at = span_of(file, len(before), len(before) + 1)
    findings.add(_fault(at, message, "save it as UTF-8 in your editor", "not-utf8"))
    return None


def _wide_encoding(data: bytes) -> str | None:
    """The encoding of UTF-16 and UTF-32, told by their marks or by where the zeros of ASCII letters stand."""
    for mark, encoding in (
        (b"\xff\xfe\0\0", "utf-32"), (b"\0\0\xfe\xff", "utf-32"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"),
    ):  # fmt: skip
        if data.startswith(mark):
            return encoding
    zeros = "".join("0" if byte == 0 else "x" for byte in data[:4])
    return {"x000": "utf-32-le", "000x": "utf-32-be", "x0x0": "utf-16-le", "0x0x": "utf-16-be"}.get(zeros)


def _unprintable(file: SourceFile) -> Diagnostic | None:
    found = _UNPRINTABLE.search(file.text)
    if found is None:
        return None
    what = "a byte-order mark" if found[0] == "\ufeff" else "a control character"
    span = file.span(found.start(), found.end())
    return _fault(span, f"{what} (U+{ord(found[0]):04X}) stands here", "delete it")


# --- from events to nodes ---------------------------------------------------------------------------------


@dataclass
class _Anchor:
    """`&name`: where it stands, and the value it names, None while that is being read."""

    at: int
    node: Node | None
    size: int


@dataclass
class _Open:
    """A list or mapping that is being read.

    `start` is where its text starts, `ends` where its last part ends, `size` how many nodes were read before
    it. Of a mapping, `key` waits for its value, and `last` is the key of the last entry.
    """

    event: Any
    start: int
    size: int
    items: list[Node] = field(default_factory=list)
    entries: dict[str, tuple[Scalar, Node]] = field(default_factory=dict)
    key: Node | None = None
    last: Scalar | None = None
    ends: int = 0


class _Reader:
    """Makes nodes of the parser's events, without recursion, and gathers `faults`; `cuts` are those about keys
    in `{…}` that lack a value.

    Reading on after a fault serves only to tell of more: what stands in the place of the faulty value counts
    for nothing.
    """

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.hidden = any(separator in file.text for separator in _SEPARATORS)
        self.faults: list[Diagnostic] = []
        self.cuts: list[Diagnostic] = []
        self.anchors: dict[str, _Anchor] = {}
        self.open: list[_Open] = []
        self.size = 0
        self.repeated = 0
        self.root: Node | None = None

    def fault(self, start: int, end: int, message: str, help: str, rule: str = "yaml-syntax") -> None:
        self.faults.append(_fault(span_of(self.file, start, end), message, help, rule))

    def read(self, loader: Any) -> Node | None:
        """The node of the whole file; None where there is none, or where reading on is pointless."""
        for event in self._events(loader):
            if len(self.faults) + len(self.cuts) >= _MOST_FAULTS:
                return None
            start, end = event.start_mark.index, event.end_mark.index
            match event:
                case yaml.ScalarEvent():
                    self._add_scalar(event)
                case yaml.CollectionStartEvent():
                    if len(self.open) > _DEEPEST:
                        message = f"values are nested more than {_DEEPEST} deep here"
                        self.fault(start, 0, message, "nest the values less deeply")
                        return None
                    self._declare(event, None, 0)
                    self.open.append(_Open(event, self._start(event), self.size))
                    self.size += 1
                case yaml.CollectionEndEvent():
                    self._close(end)
                case yaml.AliasEvent():
                    self._add_alias(event)
                    if self.repeated > _MOST_ALIASED_NODES:
                        message = f"the aliases of this file repeat more than {_MOST_ALIASED_NODES:,} values"
                        help = "write the values out, or use fewer aliases (`*name`)"
                        self.fault(start, end, message, help)
                        return None
                case yaml.DocumentStartEvent() if self.root is not None:
                    self.faults.append(yaml_faults.second_document(self.file, start))
                    return None
        if self.root is None or (isinstance(self.root, Scalar) and self.root.is_absent):
            self.faults.append(
                _fault(self.file.span(0, 0), "this file is empty", "fill it, or delete it", "empty-file")
            )
            return None
        return self.root

    def _events(self, loader: Any) -> Iterator[Any]:
        text = self.file.text
        events: Iterator[Any] = yaml.parse(text.translate(_HIDE) if self.hidden else text, Loader=loader)
        return events

    def _start(self, event: Any) -> int:
        """Where the text of a value starts, behind its anchor; a tag is a fault."""
        at, end, text = event.start_mark.index, event.end_mark.index, self.file.text
        if event.anchor is None and event.tag is None and text[at : at + 1] != "!":
            return int(at)
        while found := _PROPERTY.match(text, at):
            if found[0].startswith("!"):
                self.faults.append(yaml_faults.tag(self.file, found.start(), found.end()))
            blank = _BLANK.match(text, found.end())
            at = blank.end() if blank else found.end()
        # An anchor with no value behind it ends before the next line's key.
        return int(min(at, end) if isinstance(event, yaml.ScalarEvent) else at)

    # --- one event each -----------------------------------------------------------------------------------

    def _add_scalar(self, event: Any) -> None:
        start = self._start(event)
        end = max(event.end_mark.index, start)
        style = _STYLES.get(event.style or "", "plain")
        if style in ("literal", "folded"):
            end = start + len(self.file.text[start:end].rstrip(" \t\r\n"))
        value = event.value.translate(_SHOW) if self.hidden else event.value
        scalar = Scalar(value, self.file.span(start, end), style)
        if style == "double":
            fault = yaml_faults.escape_of_no_text(self.file, start, end)
            self.faults.extend([fault] if fault else [])
        self.size += 1
        self._declare(event, scalar, 1)
        self._add(scalar, end)

    def _add_alias(self, event: Any) -> None:
        start, end = event.start_mark.index, event.end_mark.index
        anchor = self.anchors.get(event.anchor)
        node = anchor.node if anchor else None
        if anchor is None:
            self.faults.append(yaml_faults.unknown_alias(self.file, start, end))
        elif node is None:
            message = "a value cannot hold an alias of itself"
            self.fault(start, end, message, f"write the value out instead of `*{event.anchor}`")
        else:
            self.size += anchor.size
            self.repeated += anchor.size
        self._add(node or Scalar("", self.file.span(start, end), "plain"), end)

    def _declare(self, event: Any, node: Node | None, size: int) -> None:
        """Notes the anchor of a value, if it has one."""
        if event.anchor is None:
            return
        at = self.file.text.index(f"&{event.anchor}", event.start_mark.index)
        if event.anchor in self.anchors:
            line = self.file.position(self.anchors[event.anchor].at)[0]
            message = f"the anchor `&{event.anchor}` is already in line {line}"
            self.fault(at, at + 1 + len(event.anchor), message, "give it another name")
        self.anchors[event.anchor] = _Anchor(at, node, size)

    def _close(self, end: int) -> None:
        done = self.open.pop()
        # PyYAML ends a block collection at the next token, which may be many blank lines away.
        end = end if done.event.flow_style else max(done.start, done.ends)
        span = self.file.span(done.start, end)
        node: Node
        if isinstance(done.event, yaml.SequenceStartEvent):
            node = Sequence(tuple(done.items), span)
        else:
            node = Mapping.of(tuple(done.entries.values()), span)
        if done.event.anchor is not None:
            anchor = self.anchors[done.event.anchor]
            anchor.node, anchor.size = node, self.size - done.size
        self._add(node, end)

    # --- putting them together ----------------------------------------------------------------------------

    def _add(self, node: Node, end: int) -> None:
        """Puts a value where it belongs; `end` is where its text ends, which of an alias is that of `*name`."""
        if not self.open:
            self.root = node
            return
        parent = self.open[-1]
        parent.ends = end
        if isinstance(parent.event, yaml.SequenceStartEvent):
            parent.items.append(node)
        elif parent.key is None:
            parent.key = node
        else:
            key, parent.key = parent.key, None
            self._add_entry(parent, key, node)

    def _add_entry(self, parent: _Open, key: Node, value: Node) -> None:
        if not isinstance(key, Scalar):
            self.faults.append(_fault(key.span, "a key must be a word, not a list or mapping", "name it"))
        elif parent.event.flow_style and self._lacks_colon(key, value):
            self.cuts.append(yaml_faults.cut_by_comma(key, parent.last))
        elif key.text == "<<" and key.style == "plain":
            message = "merge keys (`<<`) are not part of YAML 1.2"
            self.faults.append(_fault(key.span, message, "write the keys out"))
        elif key.text in parent.entries:
            line = parent.entries[key.text][0].span.line
            message = f"`{key.text}` stands twice here; it is first in line {line}"
            self.faults.append(_fault(key.span, message, "delete or rename one of the two", "duplicate-key"))
        else:
            if isinstance(value, Scalar) and value.is_absent:
                # Nothing is to be seen of an absent value: its key is where a message should point.
                value = Scalar("", key.span, "plain")
            parent.entries[key.text] = (key, value)
            parent.last = key

    def _lacks_colon(self, key: Scalar, value: Node) -> bool:
        if not isinstance(value, Scalar) or not value.is_absent:
            return False
        blank = _BLANK.match(self.file.text, key.span.end)
        at = blank.end() if blank else key.span.end
        return self.file.text[at : at + 1] != ":"
