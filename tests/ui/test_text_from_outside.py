"""Text from outside goes through `plain` wherever Markdown is read. What is drawn in the end is
looked at in a browser, in ``tests/journeys/test_every_page.py``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.ui.plain_text import plain

UI = Path(__file__).resolve().parents[2] / "review" / "ui"

READ_AS_MARKDOWN = frozenset(
    "markdown caption title header subheader button download_button form_submit_button link_button "
    "checkbox toggle radio pills segmented_control selectbox multiselect text_input text_area "
    "number_input date_input file_uploader expander popover tabs warning error info success badge "
    "metric progress spinner status write link head nothing_here".split()
)
"""Calls, of Streamlit or of ours, whose first argument is read as Markdown."""

OUTSIDE = frozenset(
    "abstract actor authors by criteria database definition description email error id journal "
    "kind label line message name note path platform query question quote reason request reviewer "
    "rule source text title value version where why".split()
)
"""Fields that hold what people, files, protocols and other servers have written."""

OURS = frozenset({"first.text", "task.text", "export.label", "item.item.name"})
"""Fields of such names that hold words of the program's own."""

SAFE_CALLS = frozenset({"plain", "escape", "count_of", "len", "local_time"})


def _bare(node: ast.AST) -> Iterator[ast.Attribute]:
    """Fields from outside in an expression that no call makes safe."""
    if isinstance(node, ast.Call):
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in SAFE_CALLS:
            return
        parts: list[ast.AST] = [*node.args, *(k.value for k in node.keywords)]
    elif isinstance(node, ast.IfExp):
        parts = [node.body, node.orelse]
    elif isinstance(node, (ast.Compare, ast.Subscript)):
        parts = []
    else:
        parts = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.Attribute) and node.attr in OUTSIDE:
        yield node
        return
    for part in parts:
        yield from _bare(part)


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for file in sorted(UI.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield f"{file.relative_to(UI)}:{node.lineno}", node


def test_no_field_from_outside_is_read_as_markdown() -> None:
    found = []
    for where, call in _calls():
        if getattr(call.func, "attr", getattr(call.func, "id", "")) not in READ_AS_MARKDOWN:
            continue
        words = [
            k.value for k in call.keywords if k.arg in ("label", "body", "text", "format_func")
        ]
        for word in (*call.args[:1], *words):
            found += [
                f"{where}: {ast.unparse(bare)}"
                for bare in _bare(word)
                if ast.unparse(bare) not in OURS
            ]
    assert found == []


def test_every_tool_tip_is_a_constant_or_plain() -> None:
    def is_safe(node: ast.expr) -> bool:
        if isinstance(node, ast.IfExp):
            return is_safe(node.body) and is_safe(node.orelse)
        if isinstance(node, ast.BoolOp):
            return all(map(is_safe, node.values))
        if isinstance(node, ast.JoinedStr):
            return all(is_safe(v) for v in node.values)
        if isinstance(node, ast.FormattedValue):
            return is_safe(node.value)
        return isinstance(node, ast.Constant) or (
            isinstance(node, ast.Call)
            and getattr(node.func, "attr", getattr(node.func, "id", "")) == "plain"
        )

    helpers = {"link", "Figure", "PageSpec"}  # they make it plain themselves
    found = [
        f"{where}: {ast.unparse(keyword.value)}"
        for where, call in _calls()
        if getattr(call.func, "attr", getattr(call.func, "id", "")) not in helpers
        for keyword in call.keywords
        if keyword.arg == "help" and not is_safe(keyword.value)
    ]
    assert found == []


# ---- what plain text becomes -----------------------------------------------------------------


def _pieces(markdown: str) -> list[str]:
    """The text nodes that Markdown makes of plain text: cut at every span, backslashes taken."""
    cut = re.split(r":color\[(\\.)\]", markdown)
    return [re.sub(r"\\(.)", r"\1", piece) for piece in cut]


@given(st.text(alphabet="*_`[]()#<>$:|~\\ab:red![]@.w/htps- =>"))
def test_plain_text_is_drawn_as_it_is(text: str) -> None:
    assert "".join(_pieces(plain(text))) == text


FOUND_IN_TEXT = re.compile(
    r"https?://|www\.|[\w.+-]@[\w-]|:material[/_]|:streamlit:|(?:^|\s)(?:<->|->|<-|--|>=|<=|~=)(?:\s|$)",
    re.IGNORECASE,
)
"""What Streamlit makes links, icons and arrows of, wherever it stands in the text of Markdown."""


@pytest.mark.parametrize(
    "text",
    [
        "www.evil.example",
        "WWW.evil.example/x?y",
        "see http://203.0.113.9/x, https://a.example",
        "write to ann@uni.example",
        ":material/home: :smile: :streamlit:",
        "a -> b <- c <-> d -- e >= f <= g ~= h",
        "--",
    ],
)
def test_what_is_found_in_text_is_never_in_one_piece(text: str) -> None:
    assert FOUND_IN_TEXT.search(text)
    assert not [piece for piece in _pieces(plain(text)) if FOUND_IN_TEXT.search(piece)]


@given(st.text(alphabet="htps:/w.@a-<>=~ \\"))
def test_nothing_is_found_in_any_text(text: str) -> None:
    assert not [piece for piece in _pieces(plain(text)) if FOUND_IN_TEXT.search(piece)]
