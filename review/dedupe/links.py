"""Which reports may come from one study: registration numbers, versions, and samples in common.

A preprint, a meeting abstract, an erratum or a second article tell of the same investigation, but
are not the same text: they are proposed as links, never merged. A person decides on every one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

from rapidfuzz import fuzz

from review import identifiers
from review.dedupe.authors import first_author, fold_authors
from review.dedupe.doi_versions import doi_stem, is_preprint
from review.dedupe.registries import registry_numbers
from review.dedupe.text_folding import fold
from review.dedupe.titles import bare_title, notice
from review.dedupe.venues import is_meeting
from review.progress import NOBODY, Watch

LIKELY = 0.8
"""A proposal scored so is likely right; below, two reports merely have something in common."""

OFFERED = 0.5
"""A proposal scored lower is not made."""

MANY = 6
"""Reports that may share a registration number, or a sample without known authors, and still all
be proposed: what more share is cited by reviews, or a number that many studies happen to have."""

MOST = 40
"""The same with the entry of the register itself, with which each of them is proposed: large
trials have many reports."""

SMALLEST_SAMPLE = 30
"""People in a sample before its number says anything: small samples are alike by chance."""

YEARS = 5
"""Years that may lie between two reports of one study."""

TITLE_ALIKE = 85
TITLE_AKIN = 70
"""Likeness of titles (0 to 100, RapidFuzz ``token_set_ratio``) that speaks for one study."""

TELLING_WORDS = 5
"""Longer words that a title must have to tell something without an author."""

CHUNK = 1_000
"""Reports read at a time, so that the count moves."""

_PEOPLE = (
    r"(?:\w+\s+){0,3}?(?:participants?|patients?|adults?|users?|non-?users?|controls?|subjects?"
    r"|respondents?|volunteers?|individuals?|women|men|people|persons?|students?|veterans?)"
)
# The digit comes first and then what stands before it: so texts are searched from digit to digit.
_SAMPLE = re.compile(
    rf"(\d(?<![\d.,-].)(?:\d{{0,2}}(?:,\d{{3}})+|\d{{1,5}}))\s+{_PEOPLE}\b", re.IGNORECASE
)
_N = re.compile(r"\bN\s?=\s?(\d{1,3}(?:,\d{3})+|\d{2,6})\b", re.IGNORECASE)
_ABOUT = frozenset({"correction", "retraction"})
"""Notices that belong to the study of the paper they are about; a comment does not."""
_OVERVIEW = re.compile(r"\b(?:review|meta analysis|editorial|commentary|guidelines?|overview)\b")


@dataclass(frozen=True, slots=True)
class ReportDetails:
    """What is known of one report.

    Attributes:
        text: abstract, and what a source says of the sample.
        authors: names cut by semicolons.
        numbers: fields in which a registration has its own number.
        registration: whether it is an entry of a register of studies, and no report of results.
    """

    id: str
    title: str = ""
    authors: str = ""
    year: int | None = None
    journal: str = ""
    volume: str = ""
    issue: str = ""
    doi: str = ""
    type: str = ""
    text: str = ""
    numbers: str = ""
    registration: bool = False


@dataclass(frozen=True, slots=True)
class ProposedLink:
    """Two reports that may come from one study; ``score`` 0.5 to 1, ``why`` one sentence."""

    a: str
    b: str
    score: float
    why: str


@dataclass(frozen=True, slots=True)
class Links:
    """What a search for links came to.

    Attributes:
        proposals: the likeliest first.
        about: reports of which these are all proposals; what was proposed of them before is past.
    """

    proposals: tuple[ProposedLink, ...]
    about: frozenset[str]


class _Seen:
    """An entry made ready for comparing; what few comparisons ask for is worked out when asked.

    Attributes:
        fresh: whether its proposals are wanted.
    """

    def __init__(self, entry: ReportDetails, fresh: bool) -> None:
        self._entry = entry
        self.id = entry.id
        self.fresh = fresh
        self.year = entry.year
        self.doi = identifiers.doi(entry.doi)
        self.stem = doi_stem(self.doi) if self.doi else ""
        self.first = "" if entry.registration else first_author(entry.authors)
        self.registered = registry_numbers(f"{entry.title} {entry.text}\n.\n{entry.numbers}")
        self.registration = entry.registration
        self.samples = sample_sizes(entry.text)

    @cached_property
    def early(self) -> str:
        """What early form of a report it is, or ``""``."""
        return _early(self._entry, self.doi)

    @cached_property
    def notice(self) -> bool:
        """Whether it is a notice that belongs to the study of another report."""
        return notice(bare_title(self._entry.title)) in _ABOUT

    @cached_property
    def title(self) -> str:
        return fold(self._entry.title)

    @cached_property
    def long_words(self) -> str:
        """The longer words of a title of some length, in order of the alphabet."""
        words = sorted(word for word in self.title.split() if len(word) > 3)
        return " ".join(words) if len(words) >= TELLING_WORDS else ""

    @cached_property
    def people(self) -> frozenset[str]:
        """Words of all author names; of a registration none, as registers name sponsors."""
        names = "" if self.registration else self._entry.authors
        return frozenset(fold_authors(names).split())

    @cached_property
    def overview(self) -> bool:
        """Whether it tells of the studies of others."""
        return bool(_OVERVIEW.search(self.title))


def find_links(
    entries: Iterable[ReportDetails], new: Collection[str] | None = None, watch: Watch = NOBODY
) -> Links:
    """Propose pairs of reports that may come from one study.

    With what an earlier search proposed of all other reports, the proposals for new ones are those
    of a search among all.

    Args:
        entries: one for each report.
        new: if given, the proposals of these only, and of those that they change.
        watch: told how many reports have been read.
    """
    entries = list(entries)
    wanted = frozenset(entry.id for entry in entries) if new is None else frozenset(new)
    seen = [
        _Seen(entry, entry.id in wanted)
        for part in watch.parts(len(entries), CHUNK)
        for entry in entries[part]
    ]
    if new is not None:
        _freshen(seen)
    best: dict[tuple[str, str], ProposedLink] = {}
    for first, second, score, why in (
        *_registered(seen), *_versions(seen), *_titles(seen), *_unsigned(seen), *_samples(seen),
    ):  # fmt: skip
        a, b = sorted((first.id, second.id))
        if score < OFFERED:
            continue
        if (a, b) not in best or best[a, b].score < score:
            best[a, b] = ProposedLink(a, b, round(score, 2), why)
    found = sorted(best.values(), key=lambda p: (-p.score, p.a, p.b))
    return Links(tuple(found), frozenset(one.id for one in seen if one.fresh))


def _freshen(seen: Sequence[_Seen]) -> None:
    """Want the proposals as well of reports whose number too many, or not too many, share now.

    `MANY` may share a number; a new report, or one that has become part of another, may be what
    the others stand or fall with.
    """
    holders: dict[str | int, list[_Seen]] = defaultdict(list)
    for one in seen:
        # Overviews are never linked by the people they count, so they do not make a number common.
        samples = one.samples if one.samples and not one.overview else ()
        for number in (*one.registered, *samples):
            holders[number].append(one)
    shaken: list[_Seen] = []
    for group in holders.values():
        old = [one for one in group if not one.fresh]
        some = any(one.registration for one in group)
        for limit in (MANY, MOST) if some else (MANY,):
            if len(old) <= limit and len(old) < len(group):
                shaken += old
                break
    for one in shaken:
        one.fresh = True


def sample_sizes(text: str) -> frozenset[int]:
    """Numbers of people that a text speaks of, those of at least `SMALLEST_SAMPLE`."""
    named = _N.findall(text) if "=" in text else []
    found = {int(n.replace(",", "")) for n in (*_SAMPLE.findall(text), *named)}
    return frozenset(n for n in found if n >= SMALLEST_SAMPLE)


def sample_words(raw: Mapping[str, object]) -> str:
    """What an entry as received says of its sample, for records without an abstract.

    Read are fields whose name speaks of a sample, a population or participants.
    """
    words = []
    for name, value in raw.items():
        if isinstance(value, str) and value.strip():
            if "sample" in name.lower():  # a bare number of people
                words.append("; ".join(f"n = {part.strip()}" for part in value.split(";")))
            elif re.search("population|participant", name.lower()):
                words.append(value)
    return "\n".join(words)


def _early(e: ReportDetails, doi: str) -> str:
    """What early form of a report an entry is, or ``""``."""
    if e.registration:
        return "the registration"
    if is_preprint(doi, e.journal, e.type):
        return "a preprint"
    if is_meeting(e.journal, e.volume, e.issue):
        return "from a meeting"
    return "a thesis" if "thesis" in f"{e.journal} {e.type}".lower() else ""


Candidates = Iterator[tuple[_Seen, _Seen, float, str]]


def _registered(seen: Sequence[_Seen]) -> Candidates:
    """Reports that name the same registration."""
    holders: dict[str, list[_Seen]] = defaultdict(list)
    for one in seen:
        for number in one.registered:
            holders[number].append(one)
    for number, group in holders.items():
        many = len(group) > MANY
        for a, b in _with_registrations(group) if many else _two(group):
            # A review names the trials it counts; only its own registration makes it a report.
            cited = (a.overview or b.overview) and not number.startswith("CRD")
            why = f"Both name the registration {number}."
            if a.registration != b.registration:
                why = f"One is the registration {number} itself, the other names it."
            yield a, b, 0.5 if cited else 0.95, why


def _versions(seen: Sequence[_Seen]) -> Candidates:
    """Reports whose DOIs are versions of one."""
    for a, b in _pairs(seen, lambda one: one.stem):
        yield a, b, 0.95, f"Their DOIs are versions of one: {a.stem}."


def _titles(seen: Sequence[_Seen]) -> Candidates:
    """An early or corrected form of a report by the same first author under a like title."""
    for a, b in _pairs(seen, lambda one: one.first):
        if a.early == b.early and a.notice == b.notice:
            continue
        alike = fuzz.token_set_ratio(a.title, b.title)
        if alike < TITLE_ALIKE or _years_apart(a, b) > YEARS:
            continue
        what = "a correction" if a.notice != b.notice else a.early or b.early
        score = 0.8 + 0.15 * (alike - TITLE_ALIKE) / (100 - TITLE_ALIKE)
        yield a, b, score, f"Same first author and like titles; one is {what}."


def _unsigned(seen: Sequence[_Seen]) -> Candidates:
    """An early form of a report under the same title, where one of the two names no author.

    Two registrations under one title are of one trial that was registered twice, if of any.
    """
    for a, b in _pairs(seen, lambda one: one.long_words):
        if a.registration and b.registration:
            yield a, b, 0.7, "Two registrations under the same title."
            continue
        if a.early == b.early or (a.people and b.people) or _years_apart(a, b) > YEARS:
            continue
        yield a, b, 0.75, f"Same title, one without authors; one is {a.early or b.early}."


def _samples(seen: Sequence[_Seen]) -> Candidates:
    """Reports that count the same people: never likely by that alone."""
    by_number: dict[int, list[_Seen]] = defaultdict(list)
    for one in seen:
        for number in one.samples:
            by_number[number].append(one)
    for number, group in sorted(by_number.items()):
        if not any(one.fresh for one in group):
            continue
        for a, b in _acquainted([one for one in group if not one.overview]):
            score, shared = _sample_score(a, b, number)
            if score >= OFFERED:
                authors = " and share authors" if shared else ""
                yield a, b, score, f"Both have a sample of {number:,} people{authors}."


def _sample_score(a: _Seen, b: _Seen, number: int) -> tuple[float, int]:
    """How much one number of people says, and how many author names both share."""
    shared = len(a.people & b.people)
    known = bool(a.people and b.people)
    if (known and not shared) or _years_apart(a, b) > YEARS:
        return 0.0, shared
    score = 0.5 if number % 10 else 0.35
    score += 0.15 * (len(a.samples & b.samples) > 1)
    score += 0.1 * (fuzz.token_set_ratio(a.title, b.title) >= TITLE_AKIN)
    score += min(0.05 * shared, 0.15)
    return min(score, LIKELY - 0.01), shared


def _acquainted(group: Sequence[_Seen]) -> Iterator[tuple[_Seen, _Seen]]:
    """Pairs that share an author's name; a few reports without authors go with all others."""
    done: set[tuple[str, str]] = set()
    by_name: dict[str, list[_Seen]] = defaultdict(list)
    for one in group:
        for name in one.people:
            by_name[name].append(one)
    groups = list(by_name.values())
    if len(group) <= MANY:
        groups.append(list(group))
    for members in groups:
        for a, b in _two(members):
            if (a.id, b.id) not in done:
                done.add((a.id, b.id))
                yield a, b


def _pairs(seen: Sequence[_Seen], key: Callable[[_Seen], str]) -> Iterator[tuple[_Seen, _Seen]]:
    """Pairs with the same key; those without one have no partner."""
    groups: dict[str, list[_Seen]] = defaultdict(list)
    for one in seen:
        if name := key(one):
            groups[name].append(one)
    for members in groups.values():
        yield from _two(members)


def _two(members: Sequence[_Seen]) -> Iterator[tuple[_Seen, _Seen]]:
    """Pairs with at least one whose proposals are wanted."""
    if any(one.fresh for one in members):
        yield from ((a, b) for a, b in combinations(members, 2) if a.fresh or b.fresh)


def _with_registrations(members: Sequence[_Seen]) -> Iterator[tuple[_Seen, _Seen]]:
    """As `_two`, for many: pairs of a registration and another, up to `MOST` of them."""
    registrations = [one for one in members if one.registration]
    if not registrations or len(members) > MOST:
        return
    for a, b in _two(members):
        if a.registration or b.registration:
            yield a, b


def _years_apart(a: _Seen, b: _Seen) -> int:
    return abs(a.year - b.year) if a.year is not None and b.year is not None else 0
