"""The traffic-light and the summary picture of risk of bias, as SVG. Pure.

Every judgement has a sign of its own, written on its colour and told in the legend, so that both
pictures are read without colour.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from html import escape

from review.appraisal.forms import OVERALL, Form, Judgement, Level
from review.appraisal.judging import Settled

INK, PAPER, LINE, QUIET = "#1b2329", "#ffffff", "#c9d1d6", "#5b666e"
COLOURS = {
    Level.LOW: "#7cc08d",
    Level.SOME: "#f0d060",
    Level.HIGH: "#e58a7b",
    Level.NONE: "#d5dbdf",
}
FONT = "font-family='system-ui, sans-serif'"
ROW, COLUMN, NAMES, WIDER_NAMES, SIGN = 34, 46, 220, 330, 13
WIDE = 760
"""Width of the summary picture."""


def traffic_light(form: Form, found: Sequence[Settled], *, title: str = "") -> str:
    """One row a report, one column a domain."""
    domains = [*(domain.id for domain in form.domains), OVERALL]
    labels = [*(domain.label for domain in form.domains), form.overall.label]
    top = 60
    key_lines = _legend_lines(form, labels)
    names, letters = (NAMES, 30) if all(len(o.study) <= 30 for o in found) else (WIDER_NAMES, 46)
    wide = max(names + COLUMN * len(domains) + 20, WIDE)
    high = top + ROW * len(found) + 24 * len(key_lines) + 40
    parts = [_head(wide, high, title or f"{form.label}: judgements of {_counted(found)}")]
    for place, domain in enumerate(domains):
        x = names + COLUMN * place + COLUMN / 2
        name = "Overall" if domain == OVERALL else domain
        parts.append(_text(x, top - 12, name, middle=True, bold=True))
    for line, one in enumerate(found):
        y = top + ROW * line + ROW / 2
        parts.append(f"<line x1='10' x2='{wide - 10}' y1='{y - ROW / 2}' y2='{y - ROW / 2}' "
                     f"stroke='{LINE}'/>")  # fmt: skip
        parts.append(_text(14, y + 5, _cut(one.study, letters)))
        for place, domain in enumerate(domains):
            said = form.judgement(domain, one.judgements.get(domain, ""))
            x = names + COLUMN * place + COLUMN / 2
            parts.append(_sign(x, y, said, labels[place], one.study))
    y = top + ROW * len(found) + 30
    for words in key_lines:
        parts.append(_text(14, y, words, quiet=True))
        y += 24
    return "".join([*parts, "</svg>"])


def summary(form: Form, found: Sequence[Settled], *, title: str = "") -> str:
    """One bar a domain: how many reports were judged how, each part with its sign and number."""
    domains = [*(domain.id for domain in form.domains), OVERALL]
    labels = [*(domain.label for domain in form.domains), form.overall.label]
    left, bar = 270, WIDE - 290
    top = 56
    key_lines = _legend_lines(form, ())
    high = top + ROW * len(domains) + 24 * len(key_lines) + 40
    parts = [_head(WIDE, high, title or f"{form.label}: share of {_counted(found)}")]
    for line, domain in enumerate(domains):
        y = top + ROW * line
        parts.append(_text(14, y + ROW / 2 + 5, _cut(labels[line], 36), bold=domain == OVERALL))
        counts = Counter(one.judgements.get(domain, "") for one in found)
        x = float(left)
        for said in (*form.choices(domain), None):
            n = counts[said.id if said else ""]
            if not n:
                continue
            width = bar * n / len(found)
            name = said.label if said else "not settled"
            parts.append(
                f"<g><title>{escape(labels[line])}: {escape(name)}, {n} of {len(found)}</title>"
                f"<rect x='{x:.1f}' y='{y + 4}' width='{width:.1f}' height='{ROW - 8}' "
                f"fill='{colour(said)}' stroke='{PAPER}'/>"
            )
            sign = said.symbol if said else "·"
            words = f"{sign} {n}" if width > 36 else sign if width > 12 else ""
            parts.append(_text(x + width / 2, y + ROW / 2 + 5, words, middle=True) + "</g>")
            x += width
    y = top + ROW * len(domains) + 30
    for text in key_lines:
        parts.append(_text(14, y, text, quiet=True))
        y += 24
    return "".join([*parts, "</svg>"])


def colour(said: Judgement | None) -> str:
    """The colour of a judgement; its sign says the same."""
    return COLOURS[said.level if said else Level.NONE]


def sign_html(said: Judgement | None, of: str) -> str:
    """A judgement as a sign on its colour, for tables on the page."""
    name = said.label if said else "not judged"
    return (
        f'<span class="rt-sign" role="img" aria-label="{escape(of)}: {escape(name)}" '
        f'title="{escape(name)}" style="background:{colour(said)};color:{INK}">'
        f"{escape(said.symbol) if said else '·'}</span>"
    )


def legend(form: Form) -> list[tuple[str, str]]:
    """Signs and what they mean, each once: of a domain, and overall where that is another."""
    known = {one.symbol: one.label for one in form.judgements}
    for one in form.overall.judgements:
        said = known.get(one.symbol)
        if said != one.label:
            known[one.symbol] = f"{said}; overall: {one.label}" if said else one.label
    return list(known.items())


def _legend_lines(form: Form, labels: Sequence[str]) -> list[str]:
    words = [f"{symbol} {label}" for symbol, label in legend(form)]
    lines = ["   ".join([*words, "· not settled"])]
    named = [f"{domain.id}: {label}" for domain, label in zip(form.domains, labels, strict=False)]
    lines += ["   ".join(named[at : at + 2]) for at in range(0, len(named), 2)]
    return lines


def _head(wide: float, high: float, title: str) -> str:
    return (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {wide:g} {high:g}' "
        f"width='{wide:g}' height='{high:g}' role='img' {FONT} font-size='14'>"
        f"<title>{escape(title)}</title>"
        f"<rect width='{wide:g}' height='{high:g}' fill='{PAPER}'/>"
        + _text(14, 24, title, bold=True)
    )


def _sign(x: float, y: float, said: Judgement | None, of: str, study: str) -> str:
    name = said.label if said else "not settled"
    return (
        f"<g><title>{escape(study)}, {escape(of)}: {escape(name)}</title>"
        f"<circle cx='{x:g}' cy='{y:g}' r='{SIGN}' fill='{colour(said)}' stroke='{QUIET}'/>"
        + _text(x, y + 5, said.symbol if said else "·", middle=True, bold=True)
        + "</g>"
    )


def _text(
    x: float, y: float, words: str, *, middle: bool = False, bold: bool = False, quiet: bool = False
) -> str:
    look = " text-anchor='middle'" if middle else ""
    look += " font-weight='600'" if bold else ""
    colour = QUIET if quiet else INK
    return f"<text x='{x:g}' y='{y:g}' fill='{colour}'{look}>{escape(words)}</text>"


def _cut(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: letters - 1].rstrip() + "…"


def _counted(found: Sequence[Settled]) -> str:
    """How many reports, and how many results of them where results were judged apart."""
    of = len({one.report for one in found})
    reports = f"{of} report" if of == 1 else f"{of} reports"
    return f"{len(found)} results of {reports}" if len(found) > of else reports
