"""Cells that spreadsheet programs would run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from review.spreadsheet import (
    CELL_LIMIT,
    CUT,
    CUT_MARK,
    FORMULA_STARTS,
    cut,
    escape,
    unescape,
    write_csv,
)


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", *"＝＋－＠"])
def test_text_that_would_run_is_guarded_and_comes_back(start: str) -> None:
    text = f"{start}SUM(A1)"
    assert escape(text) == f"'{text}"
    assert unescape(escape(text)) == text


@pytest.mark.parametrize("text", ["'t Hart", "'Legal' tea", "''quoted''", "plain", ""])
def test_an_apostrophe_of_the_text_itself_stays_as_it_is(text: str) -> None:
    assert escape(text) == text == unescape(text)


@given(text=st.text(alphabet="'=-+@a\t ", max_size=6))
def test_a_guard_is_taken_off_once_and_never_doubled(text: str) -> None:
    guarded = escape(text)
    assert not guarded.startswith(FORMULA_STARTS)
    assert unescape(guarded) == text
    assert guarded in (text, f"'{text}")


def test_a_list_too_long_for_a_cell_is_cut_after_a_whole_item() -> None:
    names = "; ".join(f"Author {n:05}, A" for n in range(3_000))
    short, mark = cut(names, 7), CUT_MARK.format(number=7)
    assert len(short) <= CELL_LIMIT and short.endswith(f", A;{mark}")
    left = short.removesuffix(f";{mark}")
    assert names.startswith(left) and cut(left, 7) == left
    assert (found := CUT.search(short)) is not None and found[1] == "7"


def test_signs_that_excel_counts_twice_are_cut_before_the_mark_is() -> None:
    short = cut("\U0001f343" * 20_000, 1)
    assert len(short.encode("utf-16-le")) // 2 <= CELL_LIMIT
    assert short.endswith(CUT_MARK.format(number=1))


CELLS = st.none() | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.text(
    alphabet="a ,;\"'=\n\r\t\x00é眠", max_size=6
)  # fmt: skip


@example(rows=[["a\rb", "c\nd", "e"], ['"', "f,g", "=1"], [None, 1, 0.5]], only=False)
@example(rows=[["", "x"], [None, "x"]], only=True)
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=4), only=st.booleans())
def test_a_table_is_written_as_the_library_writes_it(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[object]], only: bool
) -> None:
    path = tmp_path_factory.getbasetemp() / "written.csv"
    columns = ("a",) if only else ("a", "b, c", '"d"')
    wanted = io.StringIO()
    library = csv.writer(wanted)
    library.writerow(columns)
    tables = [dict(zip(columns, row, strict=False)) for row in rows]
    for row in tables:
        cells = [row.get(name) for name in columns]
        library.writerow([escape(c) if isinstance(c, str) else c for c in cells])
    assert write_csv(path, columns, tables, encoding="utf-8") == len(rows)
    assert path.read_bytes() == wanted.getvalue().encode()
