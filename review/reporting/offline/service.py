"""Writing the map as a file for those who have no access to the review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from review.gaps import service as gaps
from review.gaps.column_groups import CLASS, by_class
from review.gaps.filters import Filters
from review.protocol.codebook import Dimension
from review.reporting.coverage import coverage
from review.reporting.offline import page, picture, raster
from review.reporting.offline.content import VIEWS, content
from review.spreadsheet import whole_file
from review.versions import service as versions
from review.workspace import Workspace


class MapWriter(Protocol):
    """Writes a format of the map.

    Args:
        team: whether names of coders and the team's notes go in, where the format can hold them.
    """

    def __call__(self, ws: Workspace, path: Path, *, team: bool = False) -> int: ...


@dataclass(frozen=True, slots=True)
class MapExport:
    """One format that the map can be taken along in.

    Attributes:
        label: words on its button.
        file: name of the file that is offered.
        write: writes it, whole or not at all; returns how many reports it is about.
        names: whether it can hold names of coders and the team's notes.
    """

    name: str
    label: str
    file: str
    write: MapWriter
    names: bool = False


def write_html(ws: Workspace, path: Path, *, team: bool = False) -> int:
    """Write map, claims and gaps as one HTML file that works without any other.

    Args:
        team: whether it names coders and holds the team's notes (`content`).

    Raises:
        FileError: the file cannot be written.
    """
    found = content(ws, team=team)
    found["picture"] = svg(ws)
    _write(path, page.html(found, version_words(ws, found["position"])))
    return len(found["reports"])


def write_svg(ws: Workspace, path: Path, *, team: bool = False) -> int:
    """Write the map as a picture, which has nothing of the team's own.

    Raises:
        FileError: the file cannot be written.
    """
    _write(path, svg(ws))
    return len(gaps.facts(ws, VIEWS[0]))


def write_png(ws: Workspace, path: Path, *, team: bool = False) -> int:
    """Write the map as a picture of pixels, two for each of the SVG.

    Raises:
        FileError: the file cannot be written, or this machine has no font to draw words with.
    """
    drawn = raster.png(svg(ws))
    with whole_file(path) as temporary:
        temporary.write_bytes(drawn)
    return len(gaps.facts(ws, VIEWS[0]))


def svg(ws: Workspace) -> str:
    """The map of the question as a picture, its columns by group."""
    book = ws.protocol.codebook
    rows, columns = (book.dimension(name) for name in VIEWS[0])
    found, placed = gaps.gap_map(ws, *VIEWS[0], Filters())
    groups = {name: [v.id for v in held] for name, held in columns.groups.items() if name}
    shown = by_class(found, placed, groups)
    searched = f"Searched to the end on {found.searched:%Y-%m-%d}" if found.searched else (
        "No search of the protocol has run to its end yet"
    )  # fmt: skip
    lines = (
        f"{rows.label} by {columns.label.lower()}. {found.confirmed_total:,} studies confirmed, "
        f"{found.suggested_total:,} suggested. Counts are of studies.",
        f"{coverage(ws).words}.",
        f"{searched}. Protocol version {ws.protocol.version}.",
    )
    return picture.svg(shown, _names(rows), _names(columns), ws.protocol.title, lines)


def _names(dimension: Dimension) -> picture.Names:
    words = {name: name.replace("_", " ").capitalize() for name in dimension.groups}
    return picture.Names(
        labels={v.id: v.label for v in dimension.values}
        | {CLASS + name: said for name, said in words.items()},
        groups={v.id: words[v.group] for v in dimension.values},
    )


def version_words(ws: Workspace, position: int) -> str:
    """Which version of the review stands at a place of its log, or came last before it."""
    known = versions.versions(ws)
    if not known:
        return ""
    last = known[-1]
    said = f"Version {last.number} of {last.at:%Y-%m-%d} ({last.trigger})"
    return said if last.place.seq == position else f"{said}, with what changed since"


def _write(path: Path, text: str) -> None:
    with whole_file(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="")


MAP_EXPORTS: Mapping[str, MapExport] = {
    one.name: one
    for one in (
        MapExport("html-map", "Offline map (HTML)", "gap-map.html", write_html, names=True),
        MapExport("map-svg", "Map as a picture (SVG)", "gap-map.svg", write_svg),
        MapExport("map-png", "Map as a picture (PNG)", "gap-map.png", write_png),
    )
}
"""Name -> format of the map; always of the whole review."""
