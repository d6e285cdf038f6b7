"""The picture of the map in pixels (PNG), drawn by resvg. Pure: SVG in, bytes out."""

from __future__ import annotations

import struct
import zlib

from review.errors import FileError
from review.reporting.offline.picture import FONT

ZOOM = 2
"""Pixels for each of the SVG, so that it is sharp in print and on fine screens."""

DPI = 300
"""Pixels of an inch, as the file says: what journals ask of drawings in print."""

_LETTER = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" font-family="{FONT}">'
    '<text x="2" y="16" font-size="16">{letter}</text></svg>'
)


def png(svg: str) -> bytes:
    """Draw a picture.

    Raises:
        FileError: this machine has no font to draw words with.
    """
    import resvg_py  # native code, which only this needs

    letter, blank = (
        resvg_py.svg_to_bytes(svg_string=_LETTER.format(letter=letter)) for letter in ("M", "")
    )
    if letter == blank:
        raise FileError(
            "This machine has none of the fonts that the picture is drawn with "
            "(such as Arial, Liberation Sans or DejaVu Sans). Take the SVG instead."
        )
    return _sized(bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM)))


def _sized(picture: bytes) -> bytes:
    """The same with its pixels to the metre, behind its head (PNG specification, pHYs)."""
    head = 33
    density = round(DPI / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", density, density, 1)
    said = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return picture[:head] + said + picture[head:]
