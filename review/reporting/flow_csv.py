"""The flow diagram as the file that the PRISMA2020 R package draws. Pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence

from review.model import is_register
from review.reporting.flow_boxes import UNFINISHED, Choices, reason_words, source_words, words_of
from review.reporting.prisma import Flow

CSV_COLUMNS = ("data", "node", "box", "description", "boxtext", "tooltips", "url", "n")

# Rows of the PRISMA2020 template in its order: data, node, box, text in the box. Title rows and
# labels carry no number of ours. https://github.com/prisma-flowdiagram/PRISMA2020, PRISMA.csv
_ROWS = (
    ("NA", "node4", "prevstud", "Previous studies"),
    ("previous_studies", "node5", "box1", "Studies included in previous version of review"),
    ("previous_reports", "NA", "box1", "Reports of studies included in previous version of review"),
    ("NA", "node6", "newstud", "Identification of new studies via databases and registers"),
    ("database_results", "node7", "box2", "Databases"),
    ("database_specific_results", "NA", "box2", "Specific Databases"),
    ("register_results", "NA", "box2", "Registers"),
    ("register_specific_results", "NA", "box2", "Specific Registers"),
    ("NA", "node16", "othstud", "Identification of new studies via other methods"),
    ("website_results", "node17", "box11", "Websites"),
    ("organisation_results", "NA", "box11", "Organisations"),
    ("citations_results", "NA", "box11", "Citation searching"),
    ("duplicates", "node8", "box3", "Duplicate records"),
    ("excluded_automatic", "NA", "box3", "Records marked as ineligible by automation tools"),
    ("excluded_other", "NA", "box3", "Records removed for other reasons"),
    ("records_screened", "node9", "box4", "Records screened"),
    ("records_excluded", "node10", "box5", "Records excluded"),
    ("dbr_sought_reports", "node11", "box6", "Reports sought for retrieval"),
    ("dbr_notretrieved_reports", "node12", "box7", "Reports not retrieved"),
    ("other_sought_reports", "node18", "box12", "Reports sought for retrieval"),
    ("other_notretrieved_reports", "node19", "box13", "Reports not retrieved"),
    ("dbr_assessed", "node13", "box8", "Reports assessed for eligibility"),
    ("dbr_excluded", "node14", "box9", "Reports excluded"),
    ("other_assessed", "node20", "box14", "Reports assessed for eligibility"),
    ("other_excluded", "node21", "box15", "Reports excluded"),
    ("new_studies", "node15", "box10", "New studies included in review"),
    ("new_reports", "NA", "box10", "Reports of new included studies"),
    ("total_studies", "node22", "box16", "Total studies included in review"),
    ("total_reports", "NA", "box16", "Reports of total included studies"),
    ("identification", "node1", "identification", "Identification"),
    ("screening", "node2", "screening", "Screening"),
    ("included", "node3", "included", "Included"),
)


def prisma2020_csv(flow: Flow, choices: Choices) -> str:
    """The diagram in the format of the PRISMA2020 R package, version 1.1 and later.

    Args:
        choices: words for reasons, and own words for boxes; a reason without any is named by
            its id.
    """
    databases, registers = _parted(flow)
    lists = {
        "database_specific_results": _listed(_named(databases, choices)) or "Databases, 0",
        "register_specific_results": _listed(_named(registers, choices)) or "Registers, 0",
        "dbr_excluded": _listed(_worded(flow.reasons, choices)) or "None, 0",
        "other_excluded": _listed(_worded(flow.other_reasons, choices)) or "None, 0",
    }
    boxes = flow.boxes
    # The template has no box for what was left unscreened. It was not excluded by anybody, and it
    # left before screening: where nothing else did for other reasons, that row is its own.
    unscreened = boxes["records_not_screened"]
    lists["excluded_other"] = str(boxes["excluded_other"] + unscreened)
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for data, node, box, text in _ROWS:
        number = lists.get(data, str(boxes.get(data, 0)))
        if data in choices.words or data in UNFINISHED:
            text = words_of(flow, choices, data)
        if data == "excluded_other" and unscreened:
            text = words_of(flow, choices, "records_not_screened")
        writer.writerow([data, node, box, text, text, text, "NA", number])
    return out.getvalue()


def _parted(flow: Flow) -> tuple[dict[str, int], dict[str, int]]:
    """Records by source: of databases, and of registers."""
    registers = {r: n for r, n in flow.sources.items() if is_register(r)}
    return {r: n for r, n in flow.sources.items() if r not in registers}, registers


def _named(sources: Mapping[str, int], choices: Choices) -> list[tuple[str, int]]:
    return [(source_words(name, choices), n) for name, n in sources.items()]


def _worded(reasons: Mapping[str, int], choices: Choices) -> list[tuple[str, int]]:
    return [(reason_words(reason, choices), n) for reason, n in reasons.items()]


def _listed(numbers: Sequence[tuple[str, int]]) -> str:
    """``"First, 12; Second, 30"``: the file parts its lists at commas and semicolons."""
    return "; ".join(f"{re.sub(r'[ ]*[,;][ ]*', ' / ', words)}, {n}" for words, n in numbers)
