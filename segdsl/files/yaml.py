"""YAML 1.2 core, read into nodes that know their place; every fault of it a finding in plain words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from segdsl.diagnostics import Diagnostic, Findings, SegdslError
from segdsl.files.nodes import Mapping, Node, Scalar, Sequence, Style, span_of
from segdsl.files.yaml_errors import cut_by_comma, explain
from segdsl.source import SourceFile, Span

LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_MOST_ALIASED_NODES = 10_000
_DEEPEST = 100
_STYLES: dict[str, Style] = {"'": "single", '"': "double", "|": "literal", ">": "folded"}
_PROPERTY = re.compile(r"(?:&[^\s,\[\]{}]+|!<[^>\s]*>|![^\s,\[\]{}]*)")
_BLANK = re.compile(r"(?:\s|(?<=\s)#[^\n]*)*")
_UNPRINTABLE = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Line ends in YAML 1.1, which PyYAML reads, but ordinary characters in 1.2: it is shown others instead.
_SEPARATORS = "\x85\u2028\u2029"
_STAND_INS = "\U0010fff0\U0010fff1\U0010fff2"
_HIDE = str.maketrans(_SEPARATORS, _STAND_INS)
_SHOW = str.maketrans(_STAND_INS, _SEPARATORS)


def load(path: Path, shown: str, findings: Findings) -> Node | None:
    """The node of a file, or None with findings that say why not. `shown` is the path for messages.

    A duplicate key is a finding and is left out; every other fault leaves no node. Raises SegdslError when
    the file cannot be opened.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SegdslError(f"`{shown}` cannot be read: {error.strerror or error}") from error
    file = _decoded(data, shown, findings)
    return None if file is None else load_text(file, findings)


def load_text(file: SourceFile, findings: Findings) -> Node | None:
    """The same for a text at hand."""
    faults: list[Diagnostic] = []
    root = _compose(file, faults)
    node = None
    if root is not None:
        reader = _Reader(file, faults)
        node = reader.read(root, 0)
        if reader.swollen:
            node = None
            faults.append(
                _fault(
                    span_of(file, 0, 1),
                    f"the aliases of this file repeat more than {_MOST_ALIASED_NODES:,} values",
                    "write the values out, or use fewer aliases (`*name`)",
                )
            )
    findings.extend(faults)
    return node if all(fault.rule == "duplicate-key" for fault in faults) else None


def _fault(span: Span, message: str, help: str, rule: str = "yaml-syntax") -> Diagnostic:
    return Diagnostic(rule, message, span, help)


def _decoded(data: bytes, shown: str, findings: Findings) -> SourceFile | None:
    try:
        return SourceFile(shown, data.decode("utf-8").removeprefix("\ufeff"))
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8").removeprefix("\ufeff")
        file = SourceFile(shown, data.decode("utf-8", "replace").removeprefix("\ufeff"))
        wide = data.startswith((b"\xff\xfe", b"\xfe\xff"))
        what = "it looks like UTF-16" if wide else f"byte {error.start} is 0x{data[error.start]:02x}"
        findings.add(
            _fault(
                file.span(len(before), len(before) + 1),
                f"this file is not UTF-8: {what}, in line {before.count(chr(10)) + 1}",
                "save it as UTF-8 in your editor",
                "not-utf8",
            )
        )
        return None


def _compose(file: SourceFile, faults: list[Diagnostic]) -> Any:
    """PyYAML's node of the text, or None with a fault."""
    text = file.text
    if found := _UNPRINTABLE.search(text):
        message = f"a control character (U+{ord(found[0]):04X}) stands here"
        faults.append(_fault(file.span(found.start(), found.end()), message, "delete it"))
        return None
    if any(c in text for c in _SEPARATORS):
        text = text.translate(_HIDE)
    try:
        if too_deep := _too_deep(text):
            faults.append(_deep(file, too_deep))
            return None
        root = yaml.compose(text, Loader=LOADER)
    except yaml.MarkedYAMLError as error:
        # Newer versions of libyaml give up by themselves, a thousand levels down.
        gave_up = "maximum nesting depth" in (error.problem or "")
        faults.append(_deep(file, _place_too_deep(text)) if gave_up else explain(file, error))
        return None
    except RecursionError:
        faults.append(_deep(file, _place_too_deep(text)))
        return None
    except (yaml.YAMLError, ValueError, OverflowError):
        # Only an escape such as \UFFFFFFFF, whose number is no character, comes here, and without a place.
        bad = re.search(r"\\[uU][0-9a-fA-F]+", text)
        span = file.span(bad.start(), bad.end()) if bad else span_of(file, 0, 1)
        faults.append(_fault(span, "this is not valid YAML", "check the escapes in double quotes"))
        return None
    if root is None or (isinstance(root, yaml.ScalarNode) and root.value == "" and not root.style):
        message = "this file is empty"
        faults.append(_fault(file.span(0, 0), message, "fill it, or delete it", "empty-file"))
        return None
    return root


def _deep(file: SourceFile, at: int) -> Diagnostic:
    message = f"values are nested more than {_DEEPEST} deep here"
    return _fault(span_of(file, at, at), message, "nest the values less deeply")


def _too_deep(text: str) -> int:
    """The offset at which nesting goes too deep, or 0.

    PyYAML's C composer calls itself for each level and would overflow the stack; nobody nests a thousand
    levels by indentation, so only texts with very many brackets and dashes are looked at.
    """
    if sum(text.count(opening) for opening in ("[", "{", "- ", "? ")) < 5_000:
        return 0
    return _level_too_deep(text, LOADER)


def _place_too_deep(text: str) -> int:
    """The same for a text that could not be read: the scanner in Python knows no limit."""
    try:
        return _level_too_deep(text, yaml.SafeLoader)
    except yaml.YAMLError:
        return 0


def _level_too_deep(text: str, loader: Any) -> int:
    depth = 0
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                start: Any = event.start_mark
                return int(start.index)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return 0


@dataclass
class _Reader:
    """Turns PyYAML's nodes into ours. An alias is PyYAML's same node met again."""

    file: SourceFile
    faults: list[Diagnostic]
    done: dict[int, Node | None] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    repeated: int = 0
    size: int = 0

    @property
    def swollen(self) -> bool:
        return self.repeated > _MOST_ALIASED_NODES

    def fault(self, start: int, end: int, message: str, help: str, rule: str = "yaml-syntax") -> None:
        self.faults.append(_fault(span_of(self.file, start, end), message, help, rule))

    def read(self, node: Any, depth: int) -> Node | None:
        identity = id(node)
        if identity in self.done:
            result = self.done[identity]
            if identity not in self.sizes:
                message = "a value cannot hold an alias of itself"
                self.fault(node.start_mark.index, 0, message, "write the value out instead of `*…`")
            else:
                self.repeated += self.sizes[identity]
                self.size += self.sizes[identity]
            return result
        if depth > _DEEPEST:
            self.faults.append(_deep(self.file, node.start_mark.index))
            return None
        self.done[identity] = None
        before = self.size
        self.size += 1
        result = self._new(node, depth)
        self.done[identity] = result
        self.sizes[identity] = self.size - before
        return result

    def _new(self, node: Any, depth: int) -> Node | None:
        start = self._start(node)
        end = max(node.end_mark.index, start)
        match node:
            case yaml.ScalarNode():
                return self._scalar(node, start, end)
            case yaml.SequenceNode():
                items = tuple(i for i in (self.read(item, depth + 1) for item in node.value) if i is not None)
                return Sequence(items, self._extent(node, start, end, [item.span.end for item in items]))
            case _:
                entries = self._entries(node, depth)
                ends = [part.span.end for entry in entries for part in entry]
                return Mapping.of(entries, self._extent(node, start, end, ends))

    def _start(self, node: Any) -> int:
        """Where the node's own text starts, behind its anchor; a tag is a fault."""
        at, end, text = node.start_mark.index, node.end_mark.index, self.file.text
        while at < end and (found := _PROPERTY.match(text, at)):
            if found[0].startswith("!"):
                message = f"segdsl files know no tags such as `{found[0]}`"
                self.fault(found.start(), found.end(), message, "delete it, or put the value in quotes")
            blank = _BLANK.match(text, found.end())
            at = blank.end() if blank else found.end()
        return int(min(at, end))

    def _extent(self, node: Any, start: int, end: int, ends: list[int]) -> Span:
        # PyYAML ends a block collection at the next token, which may be many blank lines away.
        return self.file.span(start, end if node.flow_style else max([start, *ends]))

    def _scalar(self, node: Any, start: int, end: int) -> Scalar:
        style = _STYLES.get(node.style or "", "plain")
        if style in ("literal", "folded"):
            end = start + len(self.file.text[start:end].rstrip(" \t\r\n"))
        value = node.value.translate(_SHOW) if any(c in node.value for c in _STAND_INS) else node.value
        if _SURROGATE.search(value):
            message = "an escape in this text is not a character (half of a surrogate pair)"
            self.fault(start, end, message, "write the character itself, or `\\U` with eight digits")
        return Scalar(value, self.file.span(start, end), style)

    def _entries(self, node: Any, depth: int) -> tuple[tuple[Scalar, Node], ...]:
        entries: dict[str, tuple[Scalar, Node]] = {}
        last: Scalar | None = None
        for key_node, value_node in node.value:
            key = self.read(key_node, depth + 1)
            value = self.read(value_node, depth + 1)
            if key is None or value is None:
                continue
            if not isinstance(key, Scalar):
                self.faults.append(_fault(key.span, "a key must be a word, not a list or mapping", "name it"))
                continue
            if node.flow_style and self._lacks_colon(key, value):
                self.faults.append(cut_by_comma(key, last))
                continue
            if key.text == "<<" and key.style == "plain":
                message = "merge keys (`<<`) are not part of YAML 1.2"
                self.faults.append(_fault(key.span, message, "write the keys out"))
                continue
            if key.text in entries:
                line = entries[key.text][0].span.line
                message = f"`{key.text}` stands twice here; it is first in line {line}"
                help = "delete or rename one of the two"
                self.faults.append(_fault(key.span, message, help, "duplicate-key"))
                continue
            if isinstance(value, Scalar) and value.style == "plain" and not value.text:
                # Nothing is to be seen of an absent value: its key is where a message should point.
                value = Scalar("", key.span, "plain")
            entries[key.text] = (key, value)
            last = key
        return tuple(entries.values())

    def _lacks_colon(self, key: Scalar, value: Node) -> bool:
        if not isinstance(value, Scalar) or value.style != "plain" or value.text:
            return False
        blank = _BLANK.match(self.file.text, key.span.end)
        at = blank.end() if blank else key.span.end
        return self.file.text[at : at + 1] != ":"
