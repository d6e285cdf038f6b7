"""What the log knows of how the review was done, each thing in sentences with its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from review.appraisal import reading as appraisal
from review.coding import coding_agreement, suggestion_account
from review.events.screening import STAGES
from review.gaps import service as gaps
from review.model import SearchRun, Stage, is_citation_search, is_look_up, is_similarity_search
from review.reporting.contributors import adoptions, contributions
from review.reporting.texts.words import (
    NOTHING,
    Fact,
    count,
    day,
    joined,
    people,
    to_write,
)
from review.screening import ordering, reviewer_agreement, second_looks, stop_outlook
from review.screening.second_looks import LookedBackSoFar
from review.search import search_log
from review.search import service as searching
from review.store import active_decisions, assignments, visible_votes
from review.versions import service as versions
from review.workspace import Workspace

PROTOCOL = "protocol.yaml"
CODEBOOK = "codebook.yaml"


def title(ws: Workspace) -> Fact:
    """The title of the review."""
    return Fact(f"“{ws.protocol.title}”.", f"{PROTOCOL}, title")


def question(ws: Workspace) -> Fact:
    """The question, and its parts."""
    asked = ws.protocol.question
    parts = (
        ("Population", asked.population),
        ("Exposure", asked.exposure),
        ("Comparator", asked.comparator),
        ("Outcome", asked.outcome),
    )
    said = " ".join(f"{name}: {_sentence(words)}" for name, words in parts)
    return Fact(f"{_sentence(asked.text)} {said}", f"{PROTOCOL}, question")


def protocol(ws: Workspace) -> Fact:
    """Which protocol the review follows."""
    known = adoptions(ws)
    if not known:
        return NOTHING
    text = (
        f"The review follows version {ws.protocol.version} of a protocol that was kept with it "
        f"from {day(known[-1].at)} on."
    )
    return Fact(text, f"{PROTOCOL}; Settings, protocol")


def amendments(ws: Workspace) -> Fact:
    """When the protocol changed."""
    known = adoptions(ws)[::-1]
    if not known:
        return NOTHING
    if len(known) == 1:
        text = f"Protocol and codebook have not been changed since {day(known[0].at)}."
    else:
        changes = "; ".join(f"{one.version} on {day(one.at)}" for one in known[1:])
        text = (
            f"Protocol or codebook were changed {count(len(known) - 1, 'time')} after "
            f"{day(known[0].at)} (versions {changes})."
        )
    return Fact(text, "Settings, protocol versions")


def eligibility(ws: Workspace) -> Fact:
    """The criteria."""
    said = []
    for kind, head in (("include", "Included"), ("exclude", "Excluded")):
        texts = [c.text.rstrip(". ") for c in ws.protocol.criteria if c.kind == kind]
        if texts:
            said.append(f"{head}: {'; '.join(texts)}.")
    return Fact(" ".join(said), f"{PROTOCOL}, criteria") if said else NOTHING


def grouping(ws: Workspace) -> Fact:
    """How studies are grouped on the map."""
    rows, columns = (ws.protocol.codebook.dimension(name) for name in gaps.AXES)
    found, begun = gaps.matrix(ws), _has_coded(ws)
    text = (
        f"Studies {'were' if begun else 'are to be'} grouped by {rows.label.lower()} and "
        f"{columns.label.lower()}, in {count(len(found.rows), 'row')} and "
        f"{count(len(found.columns), 'column')} of values of the codebook."
    )
    return Fact(text, f"{CODEBOOK}; Gap map", begun)


def sources(ws: Workspace) -> Fact:
    """Every source with the day it was last searched."""
    newest: dict[tuple[str, str], SearchRun] = {}
    dated = _stated(ws, 13)
    for one in searching.searches(ws):  # newest first
        if one.withdrawal is None and not is_look_up(one.run.source):
            newest.setdefault((one.platform, one.run.source), one.run)
    if not newest:
        return NOTHING
    said = []
    for (platform, _source), run in newest.items():
        if run.online:
            done = "citations were followed" if is_citation_search(run.source) else "last searched"
            done = "asked for similar works" if is_similarity_search(run.source) else done
            said.append(f"{platform} ({done} on {day(run.started)})")
        else:
            when = "" if dated else f", searched on {to_write('date of the search')}"
            said.append(f"{platform} (imported on {day(run.started)}{when})")
    text = f"Sources: {'; '.join(sorted(said))}."
    return Fact(f"{text} {dated}".strip(), "Search, log, items 1 and 13 of PRISMA-S")


def strategies(ws: Workspace) -> Fact:
    """Where the strategies stand."""
    held = [one.run for one in searching.searches(ws) if one.withdrawal is None]
    held = [run for run in held if not is_look_up(run.source)]
    names = len({run.request for run in held if run.online})
    files = sum(1 for run in held if not run.online)
    said = []
    if names:
        said.append(
            f"The search appendix has {count(names, 'search', 'searches')} in full as sent, with "
            "dates and counts."
        )
    if stated := _stated(ws, 8):
        said.append(stated)
    elif files:
        told = to_write(f"the {'string' if files == 1 else 'strings'} as run")
        said.append(f"{count(files, 'import')} came from files: {told}.")
    return Fact(" ".join(said), "Search appendix; Search, log, item 8 of PRISMA-S")


def limits(ws: Workspace) -> Fact:
    """Limits of the searches, as the protocol and people state them."""
    lines = dict.fromkeys(
        line.value for line in search_log.recorded(ws, 9) if line.value and line.about
    )
    said = f"Limits of the searches: {'; '.join(x.rstrip(' .') for x in lines)}." if lines else ""
    stated = _stated(ws, 9)
    from_files = any(
        one.withdrawal is None and not one.run.online and not is_look_up(one.run.source)
        for one in searching.searches(ws)
    )
    if from_files and not stated:
        stated = f"Limits of what came from files: {to_write('limits, or none')}."
    return Fact(f"{said} {stated}".strip(), "Search, log, item 9 of PRISMA-S")


def updates(ws: Workspace) -> Fact:
    """How often searches ran."""
    lines = [f"{line.about} {line.value}" for line in search_log.recorded(ws, 12)]
    said = f"Searches that were run again: {'; '.join(lines)}." if lines else ""
    return Fact(f"{said} {_stated(ws, 12)}".strip(), "Search, log, item 12 of PRISMA-S")


def deduplication(ws: Workspace) -> Fact:
    """How duplicates were found."""
    lines = [line.value for line in search_log.recorded(ws, 16)]
    rules, _, counts = lines[0].partition(": ") if lines else ("", "", "")
    said = f"Duplicates were looked for by this tool's own rules ({rules}): {counts}."
    said = said if lines else ""
    return Fact(f"{said} {_stated(ws, 16)}".strip(), "Search, log, item 16; Duplicates")


def selection(ws: Workspace) -> Fact:
    """How many people decided on each report, and what became of conflicts."""
    worked = contributions(ws)
    said = []
    done = True
    for stage, words in STAGES.items():
        needed = ws.protocol.rule(stage).reviewers
        voted = sum(1 for one in worked if one.votes[stage])
        alone = "decides on each report" if needed == 1 else (
            "vote on each report independently, without seeing each other's votes"
        )  # fmt: skip
        done = done and voted > 0
        by = f" ({people(voted)} took part so far)" if voted else " (nobody has voted yet)"
        said.append(f"On {words}, {people(needed)} {alone}{by}.")
    with ws.store.read() as conn:
        cast = visible_votes.votes(conn, visible_votes.NO_VIEWER)
    final = len({(v.report, v.stage) for v in cast if v.final})
    if final:
        said.append(
            f"Disagreements are settled by a final vote, on {count(final, 'report')} so far."
        )
    brought = sum(1 for v in cast if v.run)
    if brought:
        said.append(f"{count(brought, 'vote')} came with imported files.")
    return Fact(" ".join(said), f"{PROTOCOL}, stages; votes of the log", done)


def agreement(ws: Workspace) -> Fact:
    """How far reviewers agreed before they knew each other's votes."""
    said = []
    for one in (part for all_ in reviewer_agreement.agreement(ws) for part in all_.in_parts):
        if one.reports:
            pairs = " ".join(f"{reviewer_agreement.pair_words(pair)}." for pair in one.pairs)
            said.append(f"{reviewer_agreement.headline(one)} {pairs}")
    return Fact(" ".join(said), "Conflicts, agreement") if said else NOTHING


def piloting(ws: Workspace) -> Fact:
    """Pilot batches of the screening."""
    said = []
    with ws.store.read() as conn:
        for stage in Stage:
            batch = assignments.pilots(conn, stage)
            if batch:
                said.append(f"{count(len(batch), 'report')} on {STAGES[stage]}")
    if not said:
        return NOTHING
    return Fact(f"A pilot batch was screened by everybody: {joined(said)}.", "Team")


def collection(ws: Workspace) -> Fact:
    """How reports were coded and data extracted."""
    coding, book = ws.protocol.coding, ws.protocol.codebook
    worked = contributions(ws)
    coders = sum(1 for one in worked if one.tags or one.findings)
    taken_part = f"{people(coders)} took part so far" if coders else "nobody has coded yet"
    apart = ", without seeing each other's codes" if coding.reviewers_per_report > 1 else ""
    blind = (
        " Suggestions of machines are out of sight until a coder has given a first value."
        if coding.blind
        else ""
    )
    said = (
        f"Each report is coded by {people(coding.reviewers_per_report)}{apart}, by a codebook of "
        f"{count(len(book.dimensions), 'dimension')} ({taken_part}).{blind}"
    )
    if ws.protocol.extraction:
        said += (
            f" {count(len(ws.protocol.extraction), 'field')} are extracted by "
            f"{people(ws.protocol.extractors)} a report, each value with its quote and place."
        )
    measured = [one for one in coding_agreement.agreement(ws) if one.reports]
    if measured:
        said += f" Agreement: {'; '.join(map(coding_agreement.headline, measured))}."
    return Fact(said, f"{PROTOCOL}, coding and extraction; {CODEBOOK}")


def people_(ws: Workspace) -> Fact:
    """Who did what, as far as it is decided and counts."""
    with ws.store.read() as conn:
        counts = {one.report for one in active_decisions.tags(conn)}
        counts |= {one.report for one in active_decisions.findings(conn)}
    said = []
    for one in contributions(ws):
        first, second = (len(one.voted_on[stage]) for stage in Stage)
        coded = len({*one.tagged, *one.found} & counts)
        parts = [
            f"title and abstract of {count(first, 'report')}" if first else "",
            f"full text of {count(second, 'report')}" if second else "",
        ]
        did = [f"screened {joined(there)}" if (there := [*filter(None, parts)]) else ""]
        did.append(f"coded {count(coded, 'report')}" if coded else "")
        if done := [*filter(None, did)]:
            said.append(f"{one.reviewer} {joined(done)}.")
    return Fact(" ".join(said), "Settings, reviewers") if said else NOTHING


def outcomes(ws: Workspace) -> Fact:
    """The outcomes that were looked for."""
    outcome = ws.protocol.codebook.dimension("outcome")
    names = [value.label for value in outcome.values]
    return Fact(
        f"{'; '.join(names)}.",
        f"{CODEBOOK}, {outcome.id} (definitions: export xlsx, sheet codebook)",
    )


def variables(ws: Workspace) -> Fact:
    """What else was asked of each report."""
    names = [d.label for d in ws.protocol.codebook.dimensions if d.name != "outcome"]
    names += [field.label for field in ws.protocol.extraction]
    return Fact(f"{'; '.join(names)}.", f"{CODEBOOK}; {PROTOCOL}, extraction")


def appraisal_(ws: Workspace) -> Fact:
    """Which forms risk of bias was judged by."""
    with ws.store.read() as conn:
        used = appraisal.used_forms(conn, appraisal.forms(ws))
    if not used:
        return NOTHING
    needed = appraisal.needed(ws)
    apart = " independently" if needed > 1 else ""
    text = (
        f"Risk of bias was judged by {joined([form.name for form in used])}, by "
        f"{people(needed)} a report{apart}."
    )
    return Fact(text, "Risk of bias")


def display(ws: Workspace) -> Fact:
    """How results are shown."""
    rows, columns = (ws.protocol.codebook.dimension(name).label.lower() for name in gaps.AXES)
    begun = _has_coded(ws)
    text = (
        f"Studies are {'' if begun else 'to be '}shown on a map of {rows} by {columns}, confirmed "
        "and only suggested ones told apart, and in tables of reports, findings and risk of bias."
    )
    return Fact(text, "Gap map; exports", begun)


def automation_of_codes(ws: Workspace) -> Fact:
    """What machines suggested in coding, and how often people agreed."""
    found = suggestion_account.account(ws)
    return Fact(found.paragraph(ws.protocol.codebook), "Code, suggestions") if found.sources else (
        NOTHING
    )  # fmt: skip


def ordering_(ws: Workspace) -> Fact:
    """In which order reports were and are shown, where a model makes it."""
    if not (used := ordering.used(ws)):
        return NOTHING
    said = [used]
    for stage, words in STAGES.items():
        found = ordering.account(ws, stage)
        if found.model:
            said.append(f"On {words} reports are shown in this order now: {found.words}")
    return Fact(" ".join(said), "Screen; command order")


def stopping_(ws: Workspace) -> Fact:
    """How screening was ended with reports left, where a person ended it."""
    found = stop_outlook.outlook(ws)
    if not found.stops:
        return NOTHING
    alone = replace(found, looked_back=LookedBackSoFar())  # that has its own place
    return Fact(" ".join(stop_outlook.paragraph(alone).split()), "Stopping")


def looking_back(ws: Workspace) -> Fact:
    """Which model looked for unlikely decisions, from what, and what people made of it."""
    said = second_looks.looked_back(ws).words
    return Fact(said, "Stopping, looking back") if said else NOTHING


def version(ws: Workspace) -> Fact:
    """The newest version of the review, and what triggered it."""
    known = versions.versions(ws)
    if not known:
        return NOTHING
    last = known[-1]
    text = f"Version {last.number} was made on {day(last.at)}. Trigger: {_sentence(last.trigger)}"
    return Fact(text, "Versions")


def version_before(ws: Workspace) -> Fact:
    """The version before the newest."""
    known = versions.versions(ws)
    if len(known) < 2:
        return NOTHING
    before = known[-2]
    return Fact(f"The version before is version {before.number} of {day(before.at)}.", "Versions")


def _has_coded(ws: Workspace) -> bool:
    """Whether anybody has coded anything that counts."""
    with ws.store.read() as conn:
        return bool(active_decisions.tags(conn) or active_decisions.findings(conn))


def _stated(ws: Workspace, number: int) -> str:
    """What people stated of an item of PRISMA-S."""
    item = next(i for i in search_log.items(ws) if i.item.number == number)
    if item.stated is None:
        return ""
    return _sentence(
        " ".join(filter(None, ("None." if item.stated.none else "", item.stated.text)))
    )


def _sentence(words: str) -> str:
    words = " ".join(words.split())
    return words if words.endswith((".", "!", "?", "”")) else f"{words}."


METHODS: Mapping[str, Callable[[Workspace], Fact]] = {
    "title": title,
    "question": question,
    "protocol": protocol,
    "amendments": amendments,
    "eligibility": eligibility,
    "grouping": grouping,
    "sources": sources,
    "strategies": strategies,
    "limits": limits,
    "updates": updates,
    "deduplication": deduplication,
    "selection": selection,
    "agreement": agreement,
    "piloting": piloting,
    "collection": collection,
    "people": people_,
    "outcomes": outcomes,
    "variables": variables,
    "appraisal": appraisal_,
    "display": display,
    "suggestions": automation_of_codes,
    "ordering": ordering_,
    "stopping": stopping_,
    "looking_back": looking_back,
    "version": version,
    "version_before": version_before,
}
"""Name -> how it is worked out; checklists and texts ask by these names."""
