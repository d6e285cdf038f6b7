"""The picture of the map in pixels (PNG), drawn by resvg. Pure: SVG in, bytes out."""

from __future__ import annotations

from review.errors import FileError
from review.reporting.offline.picture import FONT

ZOOM = 2
"""Pixels for each of the SVG, so that it is sharp in print and on fine screens."""

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
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=ZOOM))
