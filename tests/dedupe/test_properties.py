"""What must hold whatever the records are."""

from __future__ import annotations

import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.dedupe.blocking import candidates
from review.dedupe.cluster import cluster
from review.dedupe.compare import compare, pair_frame
from review.dedupe.normalise import normalise
from review.dedupe.pair_verdicts import PLAUSIBLE, decide
from review.dedupe.pairs import ask_once, find_pairs

# Few values a field, so that agreeing, differing and missing fields meet in every mixture.
TITLES = [
    "",
    "Editorial",
    "Kratom and pain tolerance",
    "Kratom and pain tolerance: a randomised trial in volunteers",
    "Kratom and pain tolerance: a randomised trial in volunteers. Part II",
    "Erratum: Kratom and pain tolerance: a randomised trial in volunteers",
    "Sleep disturbance in regular users of Mitragyna speciosa in Malaysia",
    "Sleep disturbances in regular users of Mitragyna speciosa in Malaysia",
]
RECORD = st.fixed_dictionaries(
    {
        "title": st.sampled_from(TITLES),
        "author": st.sampled_from(["", "Singh D; Smith K", "Smith, Kirsten", "Grundmann O."]),
        "year": st.sampled_from(["", "2019", "2020", "2023"]),
        "journal": st.sampled_from(["", "Sleep", "J Ethnopharmacol", "medRxiv"]),
        "volume": st.sampled_from(["", "12", "13"]),
        "pages": st.sampled_from(["", "1-9", "31"]),
        "doi": st.sampled_from(["", "10.1000/a", "10.1000/b", "10.1101/c"]),
        "pmid": st.sampled_from(["", "", "1001", "1002"]),
    }
)
RECORDS = st.lists(RECORD, min_size=1, max_size=8)
STRANGERS = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.text("qwxzy ", min_size=0, max_size=40),
            "author": st.text("qwxzy", min_size=0, max_size=8).map(str.title),
            "year": st.just("1901"),
        }
    ),
    max_size=5,
)
quick = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def frame(rows: list[dict[str, str]], prefix: str = "r") -> pd.DataFrame:
    """Give records ids of their own."""
    return pd.DataFrame([{"id": f"{prefix}{at:03}", **row} for at, row in enumerate(rows)])


@quick
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_records_changes_nothing(rows: list[dict[str, str]], random: object) -> None:
    records = frame(rows)
    order = list(range(len(rows)))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = records.iloc[order]
    pairs = find_pairs(records)
    pd.testing.assert_frame_equal(pairs, find_pairs(shuffled))
    assert cluster(records["id"], pairs) == cluster(shuffled["id"], pairs.iloc[::-1])


@quick
@given(RECORDS, STRANGERS)
def test_unrelated_records_change_nothing(
    rows: list[dict[str, str]], strangers: list[dict[str, str]]
) -> None:
    records = frame(rows)
    together = pd.concat([records, frame(strangers, "z")]).fillna("")
    pairs = find_pairs(together)
    ours = pairs[~pairs["id_a"].str.startswith("z")].reset_index(drop=True)
    pd.testing.assert_frame_equal(find_pairs(records), ours)
    before = cluster(records["id"], find_pairs(records))
    after = cluster(together["id"], pairs)
    assert before == {record: after[record] for record in records["id"]}


@quick
@given(RECORDS)
def test_deduplicating_twice_gives_the_same(rows: list[dict[str, str]]) -> None:
    records = frame(rows)
    pairs = find_pairs(records)
    clusters = cluster(records["id"], pairs)
    pd.testing.assert_frame_equal(pairs, find_pairs(records))
    sure = pd.DataFrame(
        [(label, record, 1.0, "same") for record, label in clusters.items() if label != record],
        columns=["id_a", "id_b", "score", "verdict"],
    )
    assert cluster(records["id"], sure) == clusters


@quick
@given(RECORDS)
def test_blank_titles_are_never_merged_and_asked_only_by_identifier(
    rows: list[dict[str, str]],
) -> None:
    records = frame(rows)
    known = normalise(records).set_index("id")
    for pair in find_pairs(records).itertuples(index=False):
        first, second = known.loc[pair.id_a], known.loc[pair.id_b]
        if not (first["title"] and second["title"]):
            assert pair.verdict == "unsure"
            shared = [name for name in ("doi_stem", "pmid") if first[name] == second[name] != ""]
            assert shared, (first, second)


@quick
@given(RECORDS, st.integers(1, 7))
def test_pairs_may_be_compared_in_parts(rows: list[dict[str, str]], size: int) -> None:
    known = normalise(frame(rows))
    pairs = pair_frame(known, *candidates(known))
    whole = decide(compare(pairs))
    parts = [
        decide(compare(pairs.iloc[at : at + size])) for at in range(0, max(len(pairs), 1), size)
    ]
    pd.testing.assert_frame_equal(whole, pd.concat(parts))


@quick
@given(RECORDS, st.data())
def test_what_a_person_sets_apart_stays_apart(
    rows: list[dict[str, str]], data: st.DataObject
) -> None:
    records = frame(rows)
    ids = st.sampled_from(list(records["id"]))
    drawn = data.draw(st.lists(st.tuples(ids, ids), max_size=6))
    apart = [(first, second) for first, second in drawn if first != second]
    clusters = cluster(records["id"], find_pairs(records), apart)
    assert all(clusters[first] != clusters[second] for first, second in apart)


@quick
@given(RECORDS)
def test_labels_are_the_smallest_id_of_their_cluster(rows: list[dict[str, str]]) -> None:
    records = frame(rows)
    clusters = pd.Series(cluster(records["id"], find_pairs(records)))
    assert set(clusters.index) == set(records["id"])
    for label, members in clusters.groupby(clusters):
        assert label == members.index.min()


@quick
@given(RECORDS, st.data())
def test_new_records_are_compared_with_all_and_old_ones_left(
    rows: list[dict[str, str]], data: st.DataObject
) -> None:
    records = frame(rows)
    new = data.draw(st.sets(st.sampled_from(list(records["id"]))))
    found = find_pairs(records, new_ids=new)
    assert (found["id_a"].isin(new) | found["id_b"].isin(new)).all()
    every = find_pairs(records)
    every = every[every["score"] >= 0.5]
    touching = every[every["id_a"].isin(new) | every["id_b"].isin(new)]
    kept = found[found["score"] >= 0.5]
    assert set(zip(kept["id_a"], kept["id_b"], strict=True)) == set(
        zip(touching["id_a"], touching["id_b"], strict=True)
    )


@quick
@given(RECORDS)
def test_a_person_is_asked_once_for_two_clusters(rows: list[dict[str, str]]) -> None:
    records = frame(rows)
    pairs = find_pairs(records)
    clusters = cluster(records["id"], pairs)
    asked = ask_once(pairs, clusters)
    ends = [asked[side].map(clusters) for side in ("id_a", "id_b")]
    assert ((asked["verdict"] == "same") == (ends[0] == ends[1])).all()
    unsure = asked["verdict"] == "unsure"
    between = [frozenset(two) for two in zip(ends[0][unsure], ends[1][unsure], strict=True)]
    assert len(set(between)) == len(between)
    assert asked["score"][unsure].is_monotonic_decreasing
    # Nothing plausible that was found is left unasked.
    plausible = pairs[pairs["score"] >= PLAUSIBLE]
    open_pairs = plausible[plausible["id_a"].map(clusters) != plausible["id_b"].map(clusters)]
    firsts, seconds = (open_pairs[side].map(clusters) for side in ("id_a", "id_b"))
    assert {frozenset(two) for two in zip(firsts, seconds, strict=True)} == set(between)
