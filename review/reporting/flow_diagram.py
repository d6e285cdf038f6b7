"""The flow diagram as a picture (SVG) and as the file that the PRISMA2020 R package draws."""

from __future__ import annotations

import csv
import io
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from review.model import Stage, is_register
from review.reporting.prisma import Flow

NOT_SCREENED = "Records not screened: stopped"
"""What the diagram calls the reports that were left when a person ended the screening."""

CSV_COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")

# Rows of the PRISMA2020 template in its order: data, node, box, text in the box. Title rows and
# labels carry no number of ours. https://github.com/prisma-flowdiagram/PRISMA2020, PRISMA.csv
_ROWS = (
    ("NA", "node4", "prevstud", "Previous studies"),
    ("previous_studies", "node5", "box1", "Studies included in previous version of review"),
    ("previous_reports", "NA", "box1", "Reports of studies included in previous version of review"),
    ("NA", "node6", "newstud", "Identification of new studies via databases and registers"),
    ("database_results", "node7", "box2", "Databases"),
    ("database_specific_results", "NA", "box2", "Specific Databases"),
    ("register_results", "NA", "box2", "Registers"),
    ("register_specific_results", "NA", "box2", "Specific Registers"),
    ("NA", "node16", "othstud", "Identification of new studies via other methods"),
    ("website_results", "node17", "box11", "Websites"),
    ("organisation_results", "NA", "box11", "Organisations"),
    ("citations_results", "NA", "box11", "Citation searching"),
    ("duplicates", "node8", "box3", "Duplicate records"),
    ("excluded_automatic", "NA", "box3", "Records marked as ineligible by automation tools"),
    ("excluded_other", "NA", "box3", "Records removed for other reasons"),
    ("records_screened", "node9", "box4", "Records screened"),
    ("records_excluded", "node10", "box5", "Records excluded"),
    ("dbr_sought_reports", "node11", "box6", "Reports sought for retrieval"),
    ("dbr_notretrieved_reports", "node12", "box7", "Reports not retrieved"),
    ("other_sought_reports", "node18", "box12", "Reports sought for retrieval"),
    ("other_notretrieved_reports", "node19", "box13", "Reports not retrieved"),
    ("dbr_assessed", "node13", "box8", "Reports assessed for eligibility"),
    ("dbr_excluded", "node14", "box9", "Reports excluded"),
    ("other_assessed", "node20", "box14", "Reports assessed for eligibility"),
    ("other_excluded", "node21", "box15", "Reports excluded"),
    ("new_studies", "node15", "box10", "New studies included in review"),
    ("new_reports", "NA", "box10", "Reports of new included studies"),
    ("total_studies", "node22", "box16", "Total studies included in review"),
    ("total_reports", "NA", "box16", "Reports of total included studies"),
    ("identification", "node1", "identification", "Identification"),
    ("screening", "node2", "screening", "Screening"),
    ("included", "node3", "included", "Included"),
)


def prisma2020_csv(flow: Flow, labels: Mapping[str, str]) -> str:
    """The diagram in the format of the PRISMA2020 R package, version 1.1 and later.

    Args:
        labels: exclusion reason -> words for it; a reason without any is named by its id.
    """
    databases, registers = _parted(flow)
    lists = {
        "database_specific_results": _listed(databases, {}) or "Databases, 0",
        "register_specific_results": _listed(registers, {}) or "Registers, 0",
        "dbr_excluded": _listed(flow.reasons, labels) or "None, 0",
        "other_excluded": _listed(flow.other_reasons, labels) or "None, 0",
    }
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    # The template has no box for what was left unscreened. It was not excluded by anybody, and it
    # left before screening: where nothing else did for other reasons, that row is its own.
    unscreened = flow.boxes["records_not_screened"]
    lists["excluded_other"] = str(flow.boxes["excluded_other"] + unscreened)
    for data, node, box, text in _ROWS:
        number = lists.get(data, str(flow.boxes.get(data, 0)))
        if data == "excluded_other" and unscreened:
            text = NOT_SCREENED
        writer.writerow([data, node, box, text, text, text, "NA", number])
    return out.getvalue()


def _parted(flow: Flow) -> tuple[dict[str, int], dict[str, int]]:
    """Records by source: of databases, and of registers."""
    registers = {r: n for r, n in flow.sources.items() if is_register(r)}
    return {r: n for r, n in flow.sources.items() if r not in registers}, registers


def _listed(numbers: Mapping[str, int], labels: Mapping[str, str]) -> str:
    """``"First, 12; Second, 30"``: the file parts its lists at commas and semicolons."""
    names = {key: re.sub(r"\s*[,;]\s*", " / ", labels.get(key, key)) for key in numbers}
    return "; ".join(f"{names[key]}, {n}" for key, n in numbers.items())


# --- the picture -------------------------------------------------------------------------------

_LINE, _PAD, _GAP = 18, 12, 26
_BAND, _LEFT, _RIGHT, _WIDE, _SIDE = 10, 52, 432, 330, 318
_WIDTH = 760
_LETTERS = {_WIDE: 46, _SIDE: 44}
_MOST_SOURCES = 8


@dataclass(frozen=True, slots=True)
class Look:
    """Colours of the picture: of the page, of its words, of lines, and of the bands beside it."""

    page: str
    ink: str
    line: str
    band: str


PRINT = Look("#fff", "#000", "#333", "#eee")
"""Black on white: for files."""

SCREEN = Look(
    "none", "currentColor", "light-dark(#5c6a72, #98a5ac)", "light-dark(#eceff1, #262e33)"
)
"""For a page that it stands in: its colours go with the page's, light or dark."""


@dataclass(frozen=True, slots=True)
class _Box:
    """A rectangle of the picture, in pixels."""

    x: int
    y: int
    width: int
    lines: tuple[str, ...]

    @property
    def height(self) -> int:
        return len(self.lines) * _LINE + 2 * _PAD - 4

    @property
    def middle(self) -> int:
        return self.y + self.height // 2

    @property
    def bottom(self) -> int:
        return self.y + self.height


def svg(flow: Flow, labels: Mapping[str, str], title: str = "", look: Look = PRINT) -> str:
    """The diagram as one SVG picture in black, white and grey; all text is escaped.

    Args:
        labels: exclusion reason -> words for it.
        title: name of the review, read out by screen readers and not drawn.
        look: its colours.
    """
    rows: list[tuple[_Box, list[_Box]]] = []
    y = 16
    for main, sides in _texts(flow, labels):
        left = _Box(_LEFT, y, _WIDE, _wrapped(main, _WIDE))
        right: list[_Box] = []
        for side in sides:
            top = right[-1].bottom + _GAP // 2 if right else y
            right.append(_Box(_RIGHT, top, _SIDE, _wrapped(side, _SIDE)))
        rows.append((left, right))
        y = max(box.bottom for box in (left, *right)) + _GAP
    height = y - _GAP + 16
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{height}" '
        f'viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="flow-title" '
        f'font-family="system-ui, Helvetica, Arial, sans-serif" font-size="13" fill="{look.ink}">',
        f'<title id="flow-title">{escape(_printable(title or "PRISMA 2020 flow diagram"))}</title>',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" '
        'markerHeight="7" orient="auto">'
        f'<path d="M0 0 L8 4 L0 8 z" fill="{look.line}"/></marker></defs>',
        f'<rect width="{_WIDTH}" height="{height}" fill="{look.page}"/>',
    ]
    end = len(rows) - 1
    bands = (("Identification", 0, 0), ("Screening", 1, end - 1), ("Included", end, end))
    for name, first, last in bands:
        low = max(b.bottom for b in (rows[last][0], *rows[last][1]))
        parts.append(_band(name, rows[first][0].y, low, look))
    for (left, right), following in zip(rows, [*rows[1:], None], strict=True):
        parts.append(_drawn(left, look))
        for one in right:
            level = _level(left, one) if one is right[0] else one.middle
            # One that stands below the main box leaves the line that goes down from it.
            start = _LEFT + _WIDE if level < left.bottom else _LEFT + _WIDE // 2
            parts += [_drawn(one, look), _arrow(start, level, _RIGHT, look)]
        if following:
            parts.append(_down(left.bottom, following[0].y, look))
    return "\n".join([*parts, "</svg>", ""])


def _texts(flow: Flow, labels: Mapping[str, str]) -> list[tuple[list[str], list[list[str]]]]:
    """Lines of each main box and of the boxes beside it; an indented line is part of a list."""
    b = flow.boxes
    databases, registers = _parted(flow)
    shown = _sources(databases)
    if registers:
        shown = [
            *([_n("Databases", b["database_results"]), *shown] if databases else []),
            _n("Registers", b["register_results"]),
            *_sources(registers),
        ]
    identified = b["database_results"] + b["register_results"]
    removed = [
        "Records removed before screening:",
        _n("  Duplicate records", b["duplicates"]),
        _n("  Marked as ineligible by automation tools", b["excluded_automatic"]),
        _n("  Removed for other reasons", b["excluded_other"]),
    ]
    first, second = flow.awaiting[Stage.TITLE_ABSTRACT], flow.awaiting[Stage.FULL_TEXT]
    # Nothing is called done of which some is still to do.
    screened = "Records to screen" if first else "Records screened"
    assessed = f"Reports {'to assess' if second else 'assessed'} for eligibility"
    excluded = [_n("Records excluded", b["records_excluded"])]
    out = [_n("Reports excluded", b["dbr_excluded"])]
    out += [_n(f"  {labels.get(reason, reason)}", n) for reason, n in flow.reasons.items()]
    included = [
        _n("New studies included in review", b["new_studies"]),
        _n("Reports of new included studies", b["new_reports"]),
    ]
    unscreened = b["records_not_screened"]
    left = [[_n(NOT_SCREENED, unscreened)]] if unscreened else []
    return [
        ([_n("Records identified", identified), *shown], [removed, *left]),
        ([_n(screened, b["records_screened"])], [excluded + _waiting(first)]),
        (
            [_n("Reports sought for retrieval", b["dbr_sought_reports"])],
            [[_n("Reports not retrieved", b["dbr_notretrieved_reports"])]],
        ),
        (
            [_n(assessed, b["dbr_assessed"])],
            [out + _waiting(second)],
        ),
        *_chased(flow, labels),
        (included, []),
    ]


def _sources(numbers: Mapping[str, int]) -> list[str]:
    """Lines of a list of sources, the largest first."""
    sources = sorted(numbers.items(), key=lambda item: (-item[1], item[0]))
    shown = [_n(f"  {name}", n) for name, n in sources[:_MOST_SOURCES]]
    if rest := sources[_MOST_SOURCES:]:
        shown.append(_n(f"  {len(rest)} other sources", sum(n for _, n in rest)))
    return shown


def _chased(flow: Flow, labels: Mapping[str, str]) -> list[tuple[list[str], list[list[str]]]]:
    """What only other methods brought; nothing where nothing came by any."""
    b = flow.boxes
    ways = (
        ("Records identified by following citations only", b["citations_results"]),
        ("Records identified by similarity only", b["website_results"]),
    )
    if not any(n for _, n in ways):
        return []
    main = [
        *(_n(words, n) for words, n in ways if n),
        _n("  Reports sought for retrieval", b["other_sought_reports"]),
        _n("  Reports assessed for eligibility", b["other_assessed"]),
    ]
    side = [
        _n("Reports not sought", len(flow.other_set_aside)),
        _n("Reports not retrieved", b["other_notretrieved_reports"]),
        _n("Reports excluded", b["other_excluded"]),
    ]
    side += [_n(f"  {labels.get(r, r)}", n) for r, n in flow.other_reasons.items()]
    unscreened = b["other_not_screened"]
    return [(main, [side, [_n(NOT_SCREENED, unscreened)]] if unscreened else [side])]


def _waiting(n: int) -> list[str]:
    return [_n("Awaiting a decision", n)] if n else []


def _n(text: str, n: int) -> str:
    return f"{text} (n\u00a0=\u00a0{n})"


def _wrapped(lines: Sequence[str], width: int) -> tuple[str, ...]:
    found: list[str] = []
    for line in lines:
        indent = "  " if line.startswith("  ") else ""
        found += textwrap.wrap(
            re.sub(" +", " ", line).strip(),
            _LETTERS[width],
            initial_indent=indent,
            subsequent_indent=indent + "  ",
        )
    return tuple(found)


def _drawn(box: _Box, look: Look) -> str:
    lines = [
        f'<text x="{box.x + _PAD + 6 * (len(line) - len(line.lstrip()))}" '
        f'y="{box.y + _PAD + 10 + place * _LINE}">{escape(_printable(line.strip()))}</text>'
        for place, line in enumerate(box.lines)
    ]
    frame = (
        f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="2" '
        f'fill="{look.page}" stroke="{look.line}"/>'
    )
    return "\n".join([frame, *lines])


def _band(name: str, top: int, bottom: int, look: Look) -> str:
    x, middle = _BAND + 14, (top + bottom) // 2
    # A band too short for its word grows over the gaps above and below it.
    need = len(name) * 8 + 8
    if bottom - top < need:
        top, bottom = middle - need // 2, middle + need // 2
    return (
        f'<rect x="{_BAND}" y="{top}" width="28" height="{bottom - top}" rx="2" '
        f'fill="{look.band}"/>\n'
        f'<text x="{x}" y="{middle}" transform="rotate(-90 {x} {middle})" text-anchor="middle" '
        f'dominant-baseline="central" font-weight="600">{escape(name)}</text>'
    )


def _level(left: _Box, right: _Box) -> int:
    """Height at which an arrow meets both boxes."""
    return min(left.middle, right.middle)


def _arrow(start: int, y: int, end: int, look: Look) -> str:
    return _line(f"M{start} {y} H{end}", look)


def _down(top: int, bottom: int, look: Look) -> str:
    x = _LEFT + _WIDE // 2
    return _line(f"M{x} {top} V{bottom}", look)


def _line(path: str, look: Look) -> str:
    return f'<path d="{path}" stroke="{look.line}" fill="none" marker-end="url(#tip)"/>'


def _printable(text: str) -> str:
    """Text without the control characters that XML 1.0 refuses."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "", text)
