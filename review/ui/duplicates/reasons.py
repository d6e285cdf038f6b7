"""Why two records are asked about, or were joined, in lines that are never cut. Pure."""

from __future__ import annotations

from html import escape

from review.dedupe.pair_words import pair_words
from review.model import Record

NOTHING = "Nothing that is known of both."
TOO_LITTLE = "Nothing that is known of both, but too little is known to join them without asking."


def reason_lines(
    why: str,
    records: tuple[Record, Record],
    heads: tuple[str, str],
    *,
    texts: bool,
    asked: bool = False,
) -> str:
    """What speaks for either side, as HTML. The score only ranks, so it is not shown.

    Args:
        why: one sentence as the rules store it.
        records: their abstracts hold the sentences that the reason rests on.
        heads: names of both, as plain text.
        texts: whether the question is one text or two; else it is one study or two.
        asked: whether it is still open.
    """
    one, two = ("one text", "two texts") if texts else ("one study", "two studies")
    said = pair_words(why, [record.abstract for record in records])
    lines = [
        (f"For {one}", said.same),
        (f"For {two}", said.other or (TOO_LITTLE if asked else NOTHING)),
    ]
    lines += [(head, f"“{quote}”") for head, quote in zip(heads, said.quotes, strict=True) if quote]
    rows = "".join(
        f'<dt>{escape(name)}</dt><dd dir="auto">{escape(words)}</dd>' for name, words in lines
    )
    return f'<dl class="rt-facts rt-reasons">{rows}</dl>'
