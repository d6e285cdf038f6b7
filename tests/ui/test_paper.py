"""The reading card: nothing from outside is more than text, and the protocol's words are marked."""

from __future__ import annotations

import re
from html import unescape

from hypothesis import given
from hypothesis import strategies as st

from review.model import Record
from review.protocol.phrases import marked_places, phrase_pattern
from review.ui import paper_card

WORDS: paper_card.Words = (
    ("exposure", ("kratom", "7-oh")),
    ("outcome", ("sleep", "sleep quality", "pain")),
    ("design", ("placebo",)),
    ("exclude", ("editorial",)),
)
TAG = re.compile(r"</?(mark|p|span|details|summary|article|h2|i|a)\b[^<>]*>")


def text_of(html: str) -> str:
    """What a reader sees: our own tags taken out, the rest unescaped."""
    return unescape(TAG.sub("", html))


def marks(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<mark class="rt-mark rt-(\w+)"[^>]*>([^<]*)</mark>', html)


@given(st.text())
def test_marking_changes_no_letter(text: str) -> None:
    assert text_of(paper_card.marked(text, WORDS)) == text


@given(st.text(alphabet="kratom sleep<>&\"'/="))
def test_no_tag_but_our_own_comes_out(text: str) -> None:
    html = paper_card.marked(text, WORDS)
    assert "<" not in TAG.sub("", html)
    assert ">" not in TAG.sub("", html)


def test_words_are_marked_by_group_whatever_their_case() -> None:
    html = paper_card.marked("Kratom and Sleep-Quality after placebo: an editorial", WORDS)
    assert marks(html) == [
        ("exposure", "Kratom"),
        ("outcome", "Sleep-Quality"),  # the longer of two that begin here
        ("design", "placebo"),
        ("exclude", "editorial"),
    ]


def test_parts_of_words_are_not_marked() -> None:
    assert marks(paper_card.marked("asleep, painting, kratoms", WORDS)) == []


@given(
    st.text("ab -.", max_size=30), st.from_regex(r"[ab]{1,3}([ -][ab]{1,2}){0,2}", fullmatch=True)
)
def test_a_plain_phrase_is_marked_where_it_would_suggest(text: str, phrase: str) -> None:
    suggests = [match.span() for match in phrase_pattern(phrase).finditer(text)]
    assert list(marked_places(phrase, text)) == suggests
    assert list(marked_places(phrase, text + " µ")) == suggests


def test_own_words_may_be_cut_short_and_of_any_script() -> None:
    def found(phrase: str, text: str) -> list[str]:
        return [text[start:end] for start, end in marked_places(phrase, text)]

    assert found("analges*", "Analgesia, analgesics; preanalgesic") == ["Analgesia", "analgesics"]
    assert found("*algesi*", "hyperalgesic") == ["hyperalgesic"]
    assert found("疼痛", "慢性疼痛患者") == ["疼痛"]
    assert found("IL-6", "患者IL-6水平") == ["IL-6"]
    assert found("통증", "통증이 심한") == ["통증"]
    assert found("caf\u00e9", "cafe\u0301 caf\u00e9s") == ["cafe\u0301"]
    assert found("боль", "Боль, больной") == ["Боль"]
    assert found("p<0.05", "p<0.05 &amp; p &lt;0.05") == ["p<0.05"]
    assert found("re:r(a|o)t", "rats and rot") == ["rat", "rot"]
    assert found("*", "a * b") == found("-", "a - b") == found("re:[", "[") == []


def test_a_script_in_a_title_is_shown_as_text() -> None:
    hostile = '<script>alert(1)</script><img src=x onerror="alert(1)">'
    record = Record("x", "1", title=hostile, journal=hostile, authors=(hostile,), abstract=hostile)
    html = paper_card.card(record, WORDS)
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("&lt;script&gt;") == 4


def test_a_doi_cannot_leave_its_link() -> None:
    html = paper_card.meta(Record("x", "1", doi='10.1/"onmouseover="alert(1)'))
    assert 'href="https://doi.org/10.1/%22onmouseover=%22alert(1)"' in html
    assert 'onmouseover="' not in html


def test_only_web_addresses_become_links() -> None:
    assert paper_card.addresses(Record("x", "1", url="javascript:alert(1)")) == []


def test_every_text_says_its_own_direction() -> None:
    html = paper_card.card(Record("x", "1", title="عقار القرطوم", abstract="睡眠と痛み"), WORDS)
    assert '<h2 dir="auto">عقار القرطوم</h2>' in html
    assert '<p dir="auto">睡眠と痛み</p>' in html


def test_a_structured_abstract_is_cut_at_its_labels() -> None:
    text = "BACKGROUND: Pain is common. METHODS: We asked 20 people. RESULTS: It helped."
    assert paper_card.paragraphs_of(text) == [
        ("Background", "Pain is common."),
        ("Methods", "We asked 20 people."),
        ("Results", "It helped."),
    ]


def test_a_colon_within_a_sentence_is_no_label() -> None:
    text = "We compared two methods: a diary and a watch."
    assert paper_card.paragraphs_of(text) == [("", text)]


def test_line_ends_part_paragraphs() -> None:
    assert paper_card.paragraphs_of("One.\n\nTwo.\nThree.") == [
        ("", "One."),
        ("", "Two."),
        ("", "Three."),
    ]


def test_a_very_long_abstract_folds_and_loses_no_word() -> None:
    words = [f"word{n}" for n in range(10_000)]
    html = paper_card.abstract_html(" ".join(words))
    shown, folded = html.split("<details>")
    assert len(text_of(shown).split()) == paper_card.FOLD_WORDS
    assert "Show the other 9,600 words" in folded
    assert re.findall(r"word\d+", html) == words


def test_an_ordinary_abstract_is_shown_whole() -> None:
    assert "<details>" not in paper_card.abstract_html(" ".join(["word"] * 420))


def test_a_record_without_anything_is_still_a_card() -> None:
    html = paper_card.card(Record("x", "1"))
    assert "Without a title" in html
    assert "No bibliographic details" in html
    assert "without an abstract" in html


def test_many_authors_are_counted() -> None:
    authors = tuple(f"Author {n}" for n in range(1, 10))
    assert "Author 6 and 3 more" in paper_card.meta(Record("x", "1", authors=authors))
    assert "more" not in paper_card.meta(Record("x", "1", authors=authors[:6]))


def test_a_card_without_an_abstract_points_to_where_it_can_be_got() -> None:
    for one in (Record("x", "1", doi="10.1/x"), Record("x", "1", pmid="1")):
        assert "“Get abstracts” on the Overview" in paper_card.card(one)
    assert "Get abstracts" not in paper_card.card(Record("x", "1"))  # nothing to ask by
    assert "Get abstracts" not in paper_card.card(Record("x", "1", doi="10.1/x", abstract="Yes."))


def test_a_link_to_a_doi_escapes_what_would_end_or_part_it() -> None:
    sici = "10.1002/(sici)1099-1573(199802)12:1<1::aid-ptr1>3.0.co;2-z"
    html = paper_card.meta(Record("x", "1", doi=sici))
    assert (
        'href="https://doi.org/10.1002/(sici)1099-1573(199802)12:1%3C1::aid-ptr1%3E3.0.co;2-z"'
        in html
    )
    assert 'href="https://doi.org/10.1/a%23b%3Fc%25d%20e%22f"' in paper_card.meta(
        Record("x", "1", doi='10.1/a#b?c%d e"f')
    )
