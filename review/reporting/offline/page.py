"""The offline map as one HTML page. Pure: its content in, text out."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
WITHOUT_TEAM = "Who coded, and what the team noted of gaps, is left out of this file."
"""What a file without the team's own says of itself."""
_PLACE = re.compile(r"\{\{(\w+)\}\}")


def html(content: Mapping[str, Any], version: str = "") -> str:
    """The whole page; it asks no other host for anything.

    Args:
        content: as `review.reporting.offline.content` gives it.
        version: the version of the review that it shows, in words.
    """
    searched = content["searched"]
    dates = [
        version,
        f"Searched to the end on {searched[:10]}" if searched
        else "No search of the protocol has run to its end yet",
        str(content["coverage"]),
        f"Protocol version {content['protocol']}",
        f"This file was made on {content['made'][:10]}",
    ]  # fmt: skip
    number = len(content["reports"])
    parts = {
        "title": escape(f"Gap map: {content['title']}"),
        "heading": escape(content["title"]),
        "question": escape(content["question"]),
        "dates": escape(". ".join(filter(None, dates)) + "."),
        "papers": f"{number:,} {'report' if number == 1 else 'reports'} that are not excluded",
        "provenance": escape(
            f"State of the review at event {content['event']} (place {content['position']:,} of "
            f"its log, {content['state']}); program {content['program']}; made {content['made']}."
            + ("" if content["team"] else f" {WITHOUT_TEAM}")
        ),
        "ledger": escape(
            " by ".join(content["dimensions"][d]["label"].lower() for d in content["views"][0])
        ),
        "css": _file("map.css"),
        "rules": _file("rules.js"),
        "script": _file("map.js"),
        "data": in_script(content),
    }
    # In one pass: what is filled in is not looked at again.
    return _PLACE.sub(lambda found: parts[found[1]], _file("page.html"))


def in_script(value: object) -> str:
    """JSON that stands in a script element: nothing in it can end the element or begin another."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for sign, code in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"),
                       ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):  # fmt: skip
        text = text.replace(sign, code)
    return text


@cache
def _file(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")
