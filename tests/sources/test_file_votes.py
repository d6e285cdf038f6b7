"""Votes inside the exports of Rayyan and ASReview."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.model import Stage, VoteValue
from review.sources import embedded_votes
from review.sources.file_entries import FileVote
from review.sources.file_reading import read_bytes

NOTES = (
    'Checked. | RAYYAN-INCLUSION: {"Ann"=>"Included", "Bo O\\"K"=>"Excluded", "Cy"=>"Maybe"} | '
    "RAYYAN-LABELS: pilot,pain | RAYYAN-EXCLUSION-REASONS: wrong population,no outcome | "
    'USER-NOTES: {"Ann"=>["see table 2", "ask | Bo"], "Dee"=>["no vote"]}'
)


def table(*rows: dict[str, str]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def check_rayyan(votes: tuple[FileVote, ...]) -> None:
    assert [(vote.reviewer, vote.vote) for vote in votes] == [
        ("Ann", VoteValue.INCLUDE),
        ('Bo O"K', VoteValue.EXCLUDE),
        ("Cy", VoteValue.MAYBE),
    ]
    assert [vote.reason for vote in votes] == ["", "wrong population; no outcome", ""]
    assert votes[0].note == "see table 2 ask | Bo | Labels: pilot; pain"
    assert {vote.stage for vote in votes} == {Stage.TITLE_ABSTRACT}


def test_rayyan_csv() -> None:
    content = read_bytes(
        table({"key": "rayyan-1", "title": "Kratom", "notes": NOTES},
              {"key": "rayyan-2", "title": "Sleep", "notes": ""}), "articles.csv"
    )  # fmt: skip
    check_rayyan(content.votes)
    assert {vote.record for vote in content.votes} == {content.records[0].key}
    assert content.records[0].key == "id:rayyan-1"


def test_rayyan_ris() -> None:
    text = f"TY  - JOUR\nID  - rayyan-1\nTI  - Kratom\nN1  - {NOTES}\nER  - \n"
    content = read_bytes(text.encode(), "a.ris")
    check_rayyan(content.votes)
    assert content.votes[0].record == content.records[0].key


def test_rayyan_bibtex() -> None:
    notes = NOTES.replace('\\"', "\\'\\'").replace("O\\'\\'K", "Ok")
    text = f"@article{{rayyan-1,\n  title={{Kratom}},\n  note={{{notes}}}\n}}"
    votes = read_bytes(text.encode(), "a.bib").votes
    assert [vote.reviewer for vote in votes] == ["Ann", "Bo Ok", "Cy"]
    assert votes[1].reason == "wrong population; no outcome"


@pytest.mark.parametrize(
    ("notes", "votes"),
    [
        ('RAYYAN-INCLUSION: {"Ann" => "Included"}', [("Ann", "include")]),
        ("RAYYAN-INCLUSION: {&quot;Ann&quot;=&gt;&quot;Excluded&quot;}", [("Ann", "exclude")]),
        ('RAYYAN-INCLUSION: {"Jos\\u00e9"=>"Included"}', [("José", "include")]),
        ('RAYYAN-INCLUSION: {"Ann"=>"Undecided"}', []),
        ("RAYYAN-INCLUSION: Included", [("", "include")]),
        ("RAYYAN-INCLUSION: {}", []),
        ("RAYYAN-LABELS: a", []),
        ("Just a note: Included", []),
    ],
)
def test_forms_of_rayyans_notes(notes: str, votes: list[tuple[str, str]]) -> None:
    assert [(v.reviewer, str(v.vote)) for v in embedded_votes.in_notes([notes])] == votes


def test_what_an_older_review_left_in_the_labels_does_not_count() -> None:
    old = 'RAYYAN-INCLUSION: {"Ann"=>"Included"}'
    notes = f'RAYYAN-INCLUSION: {{"Ann"=>"Excluded"}} | RAYYAN-LABELS: x {old}'
    assert [vote.vote for vote in embedded_votes.in_notes([notes])] == [VoteValue.EXCLUDE]


def test_asreview_columns() -> None:
    row = {
        "title": "Kratom", "asreview_label": "1", "asreview_time": "2026-01-02 03:04:05",
        "asreview_note": "good", "asreview_user_name": "Ann", "asreview_user_email": "a@x.org",
    }  # fmt: skip
    rows = [
        row,
        row | {"title": "B", "asreview_label": "0"},
        row | {"title": "C", "asreview_label": ""},
    ]
    content = read_bytes(table(*rows), "asreview_all_kratom.csv")
    first, second = content.votes
    assert first == FileVote(
        record=content.records[0].key, vote=VoteValue.INCLUDE, reviewer="Ann", note="good",
        time="2026-01-02 03:04:05",
    )  # fmt: skip
    assert (second.vote, second.record) == (VoteValue.EXCLUDE, content.records[1].key)


@pytest.mark.parametrize("head", ["included", "label_included", "label", "final_included"])
@pytest.mark.parametrize(
    ("label", "votes"), [("1", ["include"]), ("0.0", ["exclude"]), ("-1", []), ("search 2", [])]
)
def test_other_heads_of_labels(head: str, label: str, votes: list[str]) -> None:
    content = read_bytes(table({"title": "T", head: label}), "a.csv")
    assert [(str(vote.vote), vote.reviewer) for vote in content.votes] == [(v, "") for v in votes]


def test_asreview_ris() -> None:
    def entry(title: str, *notes: str) -> str:
        return "\n".join(
            ["TY  - JOUR", *(f"N1  - {n}" for n in notes), f"TI  - {title}", "ER  - ", ""]
        )

    text = (
        entry(
            "A", "ASReview_relevant", 'asreview_time: "2026-01-02 03:04:05"', 'asreview_note: "x"'
        )
        + entry("B", "<p>ASReview_irrelevant</p>", "asreview_user_name: Ann")
        + entry("C", "ASReview_not_seen")
        + entry("D", "ASReview_relevant ASReview_irrelevant")
    )
    content = read_bytes(text.encode(), "a.ris")
    keys = [record.key for record in content.records]
    assert [(v.record, str(v.vote), v.reviewer, v.note, v.time) for v in content.votes] == [
        (keys[0], "include", "", "x", "2026-01-02 03:04:05"),
        (keys[1], "exclude", "Ann", "", ""),
    ]


bits = st.sampled_from(
    ["RAYYAN-INCLUSION:", "RAYYAN-LABELS:", "USER-NOTES:", "ASReview_relevant", '"Ann"', "=>", "{",
     "}", "[", "]", '"', "\\", "\\u12", "\\ud800", '"Included"', " | ", ",", "&quot;", "&#0;"]
)  # fmt: skip


@given(st.lists(bits | st.text(max_size=4)).map("".join))
def test_no_note_at_all_breaks_the_reading(note: str) -> None:
    for vote in embedded_votes.in_notes([note]):
        assert (vote.reviewer + vote.note + vote.reason).encode("utf-8") is not None
