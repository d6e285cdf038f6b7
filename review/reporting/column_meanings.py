"""What each column of each table means, in a sentence: for the last sheet of the workbook, the
page, and whoever opens a file later."""

from __future__ import annotations

from collections.abc import Mapping

ALL: Mapping[str, str] = {
    "report": "Id of the report: one publication, which joins all records of the same text.",
    "title": "Title, as the record that speaks for the report has it.",
    "retracted": "Who says that the report was retracted, and since when; empty where nobody does.",
    "authors": "Names as printed, parted by semicolons.",
    "year": "Year of publication.",
    "journal": "Journal, book or register.",
    "volume": "Volume.",
    "issue": "Issue.",
    "pages": "Pages, or the article's number.",
    "doi": "Digital object identifier, without the address before it.",
    "pmid": "Number in PubMed.",
    "pmcid": "Number in PubMed Central.",
    "openalex_id": "Id of the work in OpenAlex.",
    "isbn": "ISBN or ISSN.",
    "source": "Sources that brought the report, parted by semicolons.",
    "title_abstract": "Decision on title and abstract: awaiting, include, exclude or conflict.",
    "full_text": "Decision on the full text; empty where the report has not come so far.",
    "reason": "Reason of the exclusion, as the protocol names it: the one that counts.",
    "reason_label": "The same reason in words.",
    "also": "Further reasons of the exclusion.",
    "place": "Where the report is: in one queue, in conflict, excluded or included.",
    "study": "Id of the study; reports of one study share it.",
    "records": "Ids of the records that were joined in the report.",
    "type": "Type of publication.",
    "language": "Language of the text.",
    "url": "Address of the text.",
    "keywords": "Keywords of authors and databases, parted by semicolons.",
    "mesh": "Medical subject headings, parted by semicolons.",
    "labels": "Words that people gave the entry in another tool.",
    "abstract": "Abstract.",
    "stage": "Stage of screening: title_abstract or full_text.",
    "reviewer": "Who said so.",
    "vote": "include, exclude or maybe.",
    "note": "Note of the person, in their own words.",
    "text": "What was written.",
    "time": "When, in UTC.",
    "standing": "Whether the vote counts; if not, why.",
    "dimension": "Dimension of the codebook.",
    "dimension_label": "The same dimension in words.",
    "value": "What was given: a value of the codebook, or what was extracted.",
    "value_label": "The same value in words.",
    "quote": "Words of the paper that say so.",
    "quote_place": "Where the quote stands.",
    "exposure": "Exposure that was tested.",
    "population": "Population that was looked at.",
    "outcome": "Outcome that was measured.",
    "study_design": "Design of the study.",
    "instrument": "Instrument of measurement.",
    "comparator": "What it was compared with.",
    "duration": "How long it was followed.",
    "direction": "better, worse, no_difference, mixed or not_stated.",
    "dose": "Dose, as the report has it.",
    "timing": "Timing of the exposure.",
    "n": "How many people, animals or samples were analysed.",
    "effect": "Effect, as the report has it.",
    "effect_unit": "Unit of the effect.",
    "effect_interval": "Interval or p of the effect, as the report has it.",
    "form": "Form for risk of bias.",
    "domain": "Domain of the form, or all of it.",
    "judgement": "What was settled for the domain.",
    "result": "Result that the judgement is of; empty where it is of the whole report.",
    "arm": "Arm of the study that the value is of.",
    "field": "Field of the extraction table.",
    "unit": "Unit of the value.",
    "state": "Whether the field was reported.",
    "consensus": "Whether the value was settled by several people.",
    "event": "Id of the line of the log that says so.",
    "kind": "What was said: merge, link, kept apart or not linked.",
    "record_a": "One of the two records.",
    "record_b": "The other record.",
    "actor": "Who did it: a person, or a rule of the program.",
    "score": "How likely a rule held it; empty where a person said so.",
    "why": "Why, in words.",
    "counts": "Whether it counts today.",
    "id": "Id of the search run.",
    "search": "Search of the protocol, or the file that was imported.",
    "request": "What was sent, or the file with its checksum.",
    "started": "When it began, in UTC.",
    "finished": "When it ended, in UTC.",
    "promised": "How many entries the source promised.",
    "received": "How many entries came.",
    "added": "How many of them were new to the review.",
    "cost_usd": "What the source charged, in US dollars; empty where none was asked.",
    "label": "In words.",
    "group": "Group of values that it stands in.",
    "parent": "Value that it is a kind of.",
    "definition": "What it means.",
    "example": "An example.",
    "standard": "Standard that it is taken from.",
    "evidence": "Whether there can be evidence of this kind.",
    "kinds": "Kinds of evidence that there can be.",
    "name": "What is told.",
    "record": "Id of the record.",
    "key": "What the source calls the record.",
    "carried": "What another review reads to have the report as it is here, as JSON: fields of the "
               "record that the sheet of reports does not show, and what people said.",
    "number": "Number that the mark at the end of a cut cell names.",
    "part": "Part of the text, in order.",
}  # fmt: skip
"""Column -> what it means in every table where nothing else is said."""

OF_TABLE: Mapping[tuple[str, str], str] = {
    ("extraction", "value"): "What the report says, in the unit beside it.",
    ("codebook", "value"): "Id of the value, as files and commands name it.",
    ("codebook", "retired"): "Whether it is kept for what was given it, and offered no more.",
    ("about", "value"): "What is to be known of the numbers of this file.",
    ("searches", "source"): "Source that was searched.",
    ("searches", "outcome"): "How it ended: complete, partial, cancelled or failed.",
    ("records", "source"): "Source that brought the record.",
    ("notes", "text"): "Note, in the person's own words.",
}  # fmt: skip

CODED = (
    "Values of the codebook that people gave, parted by semicolons; empty where nobody coded it."
)
IN_WORDS = "The column before it, in words."


def meaning(table: str, column: str) -> str:
    """What a column of a table means; a column of the codebook's dimensions is said to be one."""
    said = OF_TABLE.get((table, column)) or ALL.get(column)
    if said:
        return said
    return IN_WORDS if column.endswith("_label") else CODED
