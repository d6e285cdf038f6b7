"""PubMed XML: a ``PubmedArticleSet`` as the E-utilities give it.

Elements as in "MEDLINE/PubMed XML Element Descriptions" of the National Library of Medicine,
https://www.nlm.nih.gov/bsd/licensee/elements_descriptions.html.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from review.errors import FileError, Mistake
from review.model import Record
from review.sources import entry_fields, xml_entries
from review.sources.entry_fields import Fields
from review.sources.file_entries import FileEntry, Given, Items
from review.sources.xml_entries import XmlEntry, all_texts, first_text, text_of

_NO_TITLE = "[Not Available]."
_ARTICLE_NUMBER = re.compile(r"[A-Za-z]{0,3}\d{1,8}")
_DATES = (
    "Journal/JournalIssue/PubDate/Year",
    "Journal/JournalIssue/PubDate/MedlineDate",
    "ArticleDate/Year",
    "ContributionDate/Year",
    "Book/PubDate/Year",
    "Book/PubDate/MedlineDate",
)


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
        given.account.entries += 1
        record = _record(found, given)
        if record.title:
            yield FileEntry(found.line, record, record.pmid)
        else:
            yield given.mistake(found.line, "ArticleTitle", "the entry has no title; left out")
    if empty:
        raise FileError(f"{given.name} holds no PubmedArticle. Save the search in PubMed again.")


def _record(found: XmlEntry, given: Given) -> Record:
    root = found.element
    body = root.find("MedlineCitation")
    body = body if body is not None else root.find("BookDocument")
    body = body if body is not None else root
    article = body.find("Article")
    article = article if article is not None else body
    types = all_texts(article, "PublicationTypeList/PublicationType") or all_texts(
        article, "PublicationType"
    )
    return entry_fields.record(
        given.source,
        Fields(
            title=[_title(article)],
            authors=[[*_names(article)]],
            whole_names=True,
            year=[text for path in _DATES for text in all_texts(article, path)]
            + [*_history(root)],
            journal=[
                first_text(
                    article, "Journal/Title", "Journal/ISOAbbreviation", "Book/BookTitle"
                ) or first_text(body, "MedlineJournalInfo/MedlineTA")
            ],
            volume=[first_text(article, "Journal/JournalIssue/Volume", "Book/Volume")],
            issue=[first_text(article, "Journal/JournalIssue/Issue")],
            pages=all_texts(article, "Pagination/MedlinePgn"),
            first_page=all_texts(article, "Pagination/StartPage"),
            last_page=all_texts(article, "Pagination/EndPage"),
            number=[*filter(_ARTICLE_NUMBER.fullmatch, _numbers(article))],
            doi=[*_dois(article), _id(root, "doi")],
            pmid=[first_text(body, "PMID"), _id(root, "pubmed")],
            pmcid=[_id(root, "pmc")],
            isbn=all_texts(article, "Book/Isbn"),
            abstract=[_abstract(article.find("Abstract")), _abstract(body.find("OtherAbstract"))],
            language=all_texts(article, "Language"),
            type=types,
            keywords=all_texts(body, "KeywordList/Keyword"),
            mesh=[*_mesh(body)],
            retracted="Retracted Publication" in types
            or body.find("CommentsCorrectionsList/CommentsCorrections[@RefType='RetractionIn']")
            is not None,
        ),
        {"xml": found.text},
        given.account,
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


def _history(root: Element) -> Iterator[str]:
    """The days on which PubMed received the entry, where it has no date of its own."""
    for status in ("epublish", "ppublish", "pubmed", "entrez"):
        path = f"PubmedData/History/PubMedPubDate[@PubStatus='{status}']/Year"
        yield from all_texts(root, path)


def _dois(article: Element) -> Iterator[str]:
    for place in article.findall("ELocationID[@EIdType='doi']"):
        if place.get("ValidYN", "Y") == "Y":
            yield text_of(place)


def _numbers(article: Element) -> Iterator[str]:
    for place in article.findall("ELocationID[@EIdType='pii']"):
        yield text_of(place)


def _id(root: Element, kind: str) -> str:
    """The work's own identifier; those of its references lie deeper."""
    return first_text(
        root,
        f"PubmedData/ArticleIdList/ArticleId[@IdType='{kind}']",
        f"PubmedBookData/ArticleIdList/ArticleId[@IdType='{kind}']",
        f"BookDocument/ArticleIdList/ArticleId[@IdType='{kind}']",
    )


def _abstract(abstract: Element | None) -> list[str]:
    if abstract is None:
        return []
    parts = []
    for part in abstract.findall("AbstractText"):
        label, text = part.get("Label", ""), text_of(part)
        parts.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    return parts


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
