"""PubMed XML: a ``PubmedArticleSet`` as the E-utilities give it.

Elements as in "MEDLINE/PubMed XML Element Descriptions" of the National Library of Medicine,
https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree.ElementTree import Element

from review import identifiers
from review.errors import FileError, Mistake
from review.model import Record
from review.sources import field_values, xml_entries
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.xml_entries import XmlEntry, all_texts, first_text, text_of

_NO_TITLE = "[Not Available]."


def parse(given: Given) -> Items:
    """Read the articles and book chapters of a PubMed XML file.

    Yields:
        An entry for each, its XML as ``raw["xml"]``, and the mistakes.

    Raises:
        FileError: there is no entry at all, or the file declares entities.
    """
    empty = True
    for found in xml_entries.find(given, "PubmedArticle", "PubmedBookArticle"):
        empty = False
        if isinstance(found, Mistake):
            yield found
            continue
        record = _record(found, given.source)
        if record.title:
            yield FileEntry(found.line, record, record.pmid)
        else:
            yield given.mistake(found.line, "ArticleTitle", "the entry has no title; left out")
    if empty:
        raise FileError(f"{given.name} holds no PubmedArticle. Save the search in PubMed again.")


def _record(found: XmlEntry, source: str) -> Record:
    root = found.element
    body = root.find("MedlineCitation")
    body = body if body is not None else root.find("BookDocument")
    body = body if body is not None else root
    article = body.find("Article")
    article = article if article is not None else body
    types = all_texts(article, "PublicationTypeList/PublicationType") or all_texts(
        article, "PublicationType"
    )
    return Record(
        source=source,
        key="",
        title=_title(article),
        authors=tuple(_names(article)),
        year=_year(article),
        journal=first_text(
            article, "Journal/Title", "Journal/ISOAbbreviation", "Book/BookTitle"
        ) or first_text(body, "MedlineJournalInfo/MedlineTA"),
        volume=first_text(article, "Journal/JournalIssue/Volume", "Book/Volume"),
        issue=first_text(article, "Journal/JournalIssue/Issue"),
        pages=_pages(article),
        doi=_doi(root, article),
        pmid=identifiers.pmid(first_text(body, "PMID") or _id(root, "pubmed")),
        pmcid=identifiers.pmcid(_id(root, "pmc")),
        isbn=identifiers.isbn(first_text(article, "Book/Isbn")),
        abstract=_abstract(article.find("Abstract")) or _abstract(body.find("OtherAbstract")),
        language=first_text(article, "Language"),
        type=types[0] if types else "",
        keywords=tuple(dict.fromkeys(all_texts(body, "KeywordList/Keyword"))),
        mesh=tuple(dict.fromkeys(_mesh(body))),
        retracted="Retracted Publication" in types
        or body.find("CommentsCorrectionsList/CommentsCorrections[@RefType='RetractionIn']")
        is not None,
        raw={"xml": found.text},
    )  # fmt: skip


def _title(article: Element) -> str:
    title = first_text(article, "ArticleTitle")
    if not title or title == _NO_TITLE:
        title = first_text(article, "VernacularTitle", "Book/BookTitle") or title
    return title


def _names(article: Element) -> Iterator[str]:
    authors = [a for path in ("AuthorList/Author",) for a in article.findall(path)]
    for author in authors or article.findall("Book/AuthorList/Author"):
        last, fore = first_text(author, "LastName"), first_text(author, "ForeName", "Initials")
        name = f"{last}, {fore}" if last and fore else last or fore
        name = name or first_text(author, "CollectiveName")
        if name:
            yield name


def _year(article: Element) -> int | None:
    dates = (
        "Journal/JournalIssue/PubDate/Year",
        "Journal/JournalIssue/PubDate/MedlineDate",
        "ArticleDate/Year",
        "ContributionDate/Year",
        "Book/PubDate/Year",
        "Book/PubDate/MedlineDate",
    )
    return next((y for path in dates if (y := field_values.year(first_text(article, path)))), None)


def _pages(article: Element) -> str:
    whole = first_text(article, "Pagination/MedlinePgn")
    ends = (first_text(article, f"Pagination/{name}") for name in ("StartPage", "EndPage"))
    return whole or field_values.pages(*ends)


def _doi(root: Element, article: Element) -> str:
    for place in article.findall("ELocationID[@EIdType='doi']"):
        if place.get("ValidYN", "Y") == "Y" and (doi := identifiers.doi(text_of(place))):
            return doi
    return identifiers.doi(_id(root, "doi"))


def _id(root: Element, kind: str) -> str:
    """The work's own identifier; those of its references lie deeper."""
    return first_text(
        root,
        f"PubmedData/ArticleIdList/ArticleId[@IdType='{kind}']",
        f"PubmedBookData/ArticleIdList/ArticleId[@IdType='{kind}']",
        f"BookDocument/ArticleIdList/ArticleId[@IdType='{kind}']",
    )


def _abstract(abstract: Element | None) -> str:
    if abstract is None:
        return ""
    parts = []
    for part in abstract.findall("AbstractText"):
        label, text = part.get("Label", ""), text_of(part)
        parts.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    return "\n".join(part for part in parts if part)


def _mesh(body: Element) -> Iterator[str]:
    """Headings as in PubMed's text format: ``Pain/drug therapy``, ``*`` before a major topic."""
    for heading in body.findall("MeshHeadingList/MeshHeading"):
        terms = [
            ("*" if e.get("MajorTopicYN") == "Y" else "") + text_of(e)
            for e in heading
            if e.tag in ("DescriptorName", "QualifierName")
        ]
        if terms:
            yield "/".join(terms)
