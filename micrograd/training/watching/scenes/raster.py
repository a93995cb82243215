"""Small images as data of a page: PNG, written by hand."""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Sequence

Colour = tuple[int, int, int, int]  # red, green, blue and how opaque, up to 255


def png(pixels: bytes, width: int, palette: Sequence[Colour]) -> str:
    """An image as a `data:` address; a pixel is the number of a colour."""
    rows = b"".join(b"\0" + pixels[k : k + width] for k in range(0, len(pixels), width))
    header = struct.pack(">IIBBBBB", width, len(pixels) // width, 8, 3, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*part)
        for part in (
            (b"IHDR", header),
            (b"PLTE", bytes(x for colour in palette for x in colour[:3])),
            (b"tRNS", bytes(colour[3] for colour in palette)),
            (b"IDAT", zlib.compress(rows)),
            (b"IEND", b""),
        )
    )
    return f"data:image/png;base64,{base64.b64encode(content).decode()}"


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
