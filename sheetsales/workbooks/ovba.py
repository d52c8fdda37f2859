"""The streams of a VBA project that holds source text alone ([MS-OVBA]).

No compiled code is written: an application compiles what it reads.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

CODE_PAGE = "cp1252"
_CODE_PAGE = 1252
_LOCALE = 0x0409
_WIN64 = 3
_COOKIE = 0xFFFF
_CHUNK = 4096
_PROJECT_ID = "{5E4CF0A1-5A1E-4C0D-9D53-5A1E50A1E500}"
_NAME = "VBAProject"
_OFFICE = (
    "*\\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#"
    "C:\\Program Files\\Common Files\\Microsoft Shared\\OFFICE16\\MSO.DLL"
    "#Microsoft Office 16.0 Object Library"
)
_OLE = (
    "*\\G{00020430-0000-0000-C000-000000000046}#2.0#0#"
    "C:\\Windows\\System32\\stdole2.tlb#OLE Automation"
)
_UNPROTECTED, _NO_PASSWORD, _VISIBLE = bytes(4), bytes(1), bytes([255])
_EXTENDER = "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000"
_DOCUMENT = (
    'Attribute VB_Name = "{name}"\r\n'
    'Attribute VB_Base = "0{{{base}-0000-0000-C000-000000000046}}"\r\n'
    "Attribute VB_GlobalNameSpace = False\r\n"
    "Attribute VB_Creatable = False\r\n"
    "Attribute VB_PredeclaredId = True\r\n"
    "Attribute VB_Exposed = True\r\n"
    "Attribute VB_TemplateDerived = False\r\n"
    "Attribute VB_Customizable = True\r\n"
)
_BASES = ("00020819", "00020820")
"""Classes of a workbook and of a worksheet."""

NO_CACHE = bytes.fromhex("cc61ffff000000")
"""The stream ``_VBA_PROJECT`` of a project without compiled code."""


@dataclass(frozen=True, slots=True)
class Module:
    """One module.

    Attributes:
        name: its name, also that of its stream.
        source: its text with the attributes in front, lines ended by CR LF.
        kind: ``Module``, ``Class`` or ``Document``, as the stream PROJECT names them.
    """

    name: str
    source: str
    kind: str = "Module"

    @classmethod
    def document(cls, name: str, *, is_workbook: bool) -> Module:
        """Return the module that stands behind a workbook or a sheet, without code."""
        base = _BASES[0] if is_workbook else _BASES[1]
        return cls(name, _DOCUMENT.format(name=name, base=base), "Document")


def compress(data: bytes) -> bytes:
    """Return data in VBA's compression ([MS-OVBA] 2.4.1)."""
    chunks = (data[start : start + _CHUNK] for start in range(0, len(data), _CHUNK))
    return b"\x01" + b"".join(map(_compressed_chunk, chunks))


def _compressed_chunk(chunk: bytes) -> bytes:
    body = b"".join(_token_groups(chunk))
    if len(body) > _CHUNK:
        # Stored as it is; the format fills the last chunk of a stream up.
        return struct.pack("<H", (_CHUNK - 1) | 0x3000) + chunk.ljust(_CHUNK, b"\0")
    return struct.pack("<H", (len(body) - 1) | 0xB000) + body


def _token_groups(chunk: bytes) -> Iterator[bytes]:
    """Yield groups of up to eight tokens, each behind a byte that says which are copies."""
    tokens = _tokens(chunk)
    while True:
        group = [token for _, token in zip(range(8), tokens, strict=False)]
        if not group:
            return
        flags = sum((len(token) == 2) << bit for bit, token in enumerate(group))
        yield bytes([flags]) + b"".join(group)


def _tokens(chunk: bytes) -> Iterator[bytes]:
    """Yield literals of one byte and copies of two, the longest that an earlier start gives."""
    starts: dict[bytes, list[int]] = {}
    position = 0
    while position < len(chunk):
        bits = max(4, (position - 1).bit_length()) if position else 4
        longest = (0xFFFF >> bits) + 3
        offset, length = _match(
            chunk, position, starts.get(chunk[position : position + 3], ()), longest
        )
        step = 1
        if length >= 3:
            step = length
            yield struct.pack("<H", ((offset - 1) << (16 - bits)) | (length - 3))
        else:
            yield chunk[position : position + 1]
        for start in range(position, position + step):
            starts.setdefault(chunk[start : start + 3], []).append(start)
        position += step


def _match(chunk: bytes, position: int, starts: Sequence[int], longest: int) -> tuple[int, int]:
    """Return how far back the longest equal stretch begins, and its length."""
    best, length = 0, 0
    end = min(longest, len(chunk) - position)
    for start in reversed(starts):
        same = next(
            (n for n in count() if n >= end or chunk[start + n] != chunk[position + n]), end
        )
        if same > length:
            best, length = position - start, same
            if same >= end:
                break
    return best, length


def dir_stream(modules: Sequence[Module]) -> bytes:
    """Return the stream ``dir`` before compression: the project, its references, its modules."""
    records = [
        _number(0x01, _WIN64),
        _number(0x02, _LOCALE),
        _number(0x14, _LOCALE),
        _record(0x03, struct.pack("<H", _CODE_PAGE)),
        _record(0x04, _NAME.encode(CODE_PAGE)),
        _twice(0x05, 0x40, ""),
        _record(0x06, b"") + _record(0x3D, b""),
        _number(0x07, 0),
        _number(0x08, 0),
        struct.pack("<HIIH", 0x09, 4, 1, 1),
        _twice(0x0C, 0x3C, ""),
        *_reference("stdole", _OLE),
        *_reference("Office", _OFFICE),
        _record(0x0F, struct.pack("<H", len(modules))),
        _record(0x13, struct.pack("<H", _COOKIE)),
        *(part for module in modules for part in _module(module)),
        struct.pack("<HI", 0x10, 0),
    ]
    return b"".join(records)


def _reference(name: str, library: str) -> Iterable[bytes]:
    text = library.encode(CODE_PAGE)
    sized = struct.pack("<I", len(text)) + text + struct.pack("<IH", 0, 0)
    return (_twice(0x16, 0x3E, name), _record(0x0D, sized))


def _module(module: Module) -> Iterable[bytes]:
    kind = 0x21 if module.kind == "Module" else 0x22
    return (
        _twice(0x19, 0x47, module.name),
        _twice(0x1A, 0x32, module.name),
        _twice(0x1C, 0x48, ""),
        _number(0x31, 0),
        _number(0x1E, 0),
        _record(0x2C, struct.pack("<H", _COOKIE)),
        struct.pack("<HI", kind, 0),
        struct.pack("<HI", 0x2B, 0),
    )


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HI", number, len(content)) + content


def _number(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<I", value))


def _twice(number: int, unicode_number: int, text: str) -> bytes:
    """Return a text in the project's code page and in Unicode."""
    return _record(number, text.encode(CODE_PAGE)) + _record(
        unicode_number, text.encode("utf-16-le")
    )


def project_stream(modules: Sequence[Module]) -> bytes:
    """Return the stream ``PROJECT``: what an editor shows, as text."""
    lines = [f'ID="{_PROJECT_ID}"']
    for module in modules:
        suffix = "/&H00000000" if module.kind == "Document" else ""
        lines.append(f"{module.kind}={module.name}{suffix}")
    lines += [
        f'Name="{_NAME}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{_hidden(_UNPROTECTED)}"',
        f'DPB="{_hidden(_NO_PASSWORD)}"',
        f'GC="{_hidden(_VISIBLE)}"',
        "",
        "[Host Extender Info]",
        _EXTENDER,
    ]
    return "".join(f"{line}\r\n" for line in lines).encode(CODE_PAGE)


def _hidden(data: bytes) -> str:
    """Return data as PROJECT has it: not protected, no password, visible ([MS-OVBA] 2.4.3)."""
    seed, version = 0, 2
    key = sum(_PROJECT_ID.encode(CODE_PAGE)) & 0xFF
    found = [seed, seed ^ version, seed ^ key]
    plain = key
    # The seed asks for no filling; the length comes before the data.
    for byte in struct.pack("<I", len(data)) + data:
        found.append(byte ^ ((found[-2] + plain) & 0xFF))
        plain = byte
    return bytes(found).hex().upper()


def names_stream(modules: Sequence[Module]) -> bytes:
    """Return the stream ``PROJECTwm``: each name in the code page and in Unicode."""
    names = (
        module.name.encode(CODE_PAGE) + b"\0" + module.name.encode("utf-16-le") + b"\0\0"
        for module in modules
    )
    return b"".join(names) + b"\0\0"
