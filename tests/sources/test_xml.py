"""PubMed XML and EndNote XML, whole, broken and hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.errors import FileError, ReviewError
from review.sources.file_reading import FileContent, read_bytes

HEAD = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN"
 "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">
<PubmedArticleSet>
"""

ARTICLE = """<PubmedArticle><MedlineCitation Status="MEDLINE" Owner="NLM">
<PMID Version="1">33333333</PMID>
<Article PubModel="Print"><Journal><ISSN IssnType="Print">1234-5678</ISSN>
<JournalIssue CitedMedium="Print"><Volume>12</Volume><Issue>2</Issue>
<PubDate><MedlineDate>2021 Mar-Apr</MedlineDate></PubDate></JournalIssue>
<Title>Sleep letters</Title><ISOAbbreviation>Sleep Lett</ISOAbbreviation></Journal>
<ArticleTitle>Kratom (<i>Mitragyna</i>) use &amp; sleep: CO<sub>2</sub></ArticleTitle>
<Pagination><StartPage>101</StartPage><EndPage>109</EndPage>
<MedlinePgn>101-9</MedlinePgn></Pagination>
<ELocationID EIdType="pii" ValidYN="Y">S1</ELocationID>
<ELocationID EIdType="doi" ValidYN="Y">10.5555/AbC.1</ELocationID>
<Abstract><AbstractText Label="METHODS">We asked.</AbstractText>
<AbstractText Label="RESULTS">They slept.</AbstractText></Abstract>
<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Borg</LastName><ForeName>Ana</ForeName>
<Initials>A</Initials></Author><Author><LastName>Chai</LastName><Initials>B</Initials></Author>
<Author><CollectiveName>Kratom Study Group</CollectiveName></Author></AuthorList>
<Language>eng</Language><PublicationTypeList>
<PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList></Article>
<CommentsCorrectionsList><CommentsCorrections RefType="RetractionIn"><RefSource>x</RefSource>
</CommentsCorrections></CommentsCorrectionsList>
<MeshHeadingList><MeshHeading><DescriptorName UI="D1" MajorTopicYN="Y">Mitragyna</DescriptorName>
<QualifierName UI="Q1" MajorTopicYN="N">adverse effects</QualifierName></MeshHeading>
<MeshHeading><DescriptorName MajorTopicYN="N">Humans</DescriptorName></MeshHeading>
</MeshHeadingList><KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">kratom</Keyword>
</KeywordList></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">33333333</ArticleId>
<ArticleId IdType="pmc">PMC7654321</ArticleId><ArticleId IdType="doi">10.5555/AbC.1</ArticleId>
</ArticleIdList><ReferenceList><Reference><ArticleIdList>
<ArticleId IdType="doi">10.5555/of-a-reference</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle>
"""

BOOK = """<PubmedBookArticle><BookDocument><PMID Version="1">44444444</PMID><ArticleIdList>
<ArticleId IdType="bookaccession">NBK1</ArticleId></ArticleIdList>
<Book><Publisher><PublisherName>P</PublisherName></Publisher><BookTitle>Leaves</BookTitle>
<PubDate><Year>2019</Year></PubDate></Book><ArticleTitle>Kratom</ArticleTitle>
<Language>eng</Language><PublicationType UI="D016454">Review</PublicationType>
</BookDocument></PubmedBookArticle>
"""

ENDNOTE = """<?xml version="1.0" encoding="UTF-8" ?><xml><records><record>
<database name="My.enl" path="C:\\My.enl">My.enl</database>
<source-app name="EndNote" version="20.4">EndNote</source-app><rec-number>7</rec-number>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal" font="default">Borg, Ana</style></author>
<author>Chai, Bo</author></authors></contributors>
<titles><title><style face="normal">Kratom (</style><style face="italic">Mitragyna</style><style
 face="normal">) and sleep</style></title><secondary-title>Sleep Letters</secondary-title></titles>
<periodical><full-title>Sleep Letters</full-title></periodical><pages>101-109</pages>
<volume>12</volume><number>2</number><keywords><keyword>kratom</keyword><keyword>sleep</keyword>
</keywords><dates><year>2021</year></dates><isbn>1234-5678</isbn>
<accession-num>33333333</accession-num><abstract>We asked.&#xD;They slept.</abstract>
<notes>RAYYAN-INCLUSION: {"Ann"=&gt;"Maybe"}</notes><urls><related-urls>
<url>https://example.org/1</url></related-urls></urls><custom2>PMC7654321</custom2>
<electronic-resource-num>10.5555/AbC.1</electronic-resource-num>
<remote-database-name>Medline</remote-database-name><language>eng</language></record>
<record><titles><title>Two</title></titles></record></records></xml>"""


def read(text: str, name: str = "export.xml") -> FileContent:
    return read_bytes(text.encode(), name)


def pubmed(*articles: str) -> str:
    return HEAD + "".join(articles) + "</PubmedArticleSet>"


def endnote(*records: str) -> str:
    return "<xml><records>" + "".join(records) + "</records></xml>"


def test_an_article_as_pubmed_writes_it() -> None:
    content = read(pubmed(ARTICLE))
    assert (content.format, content.source, content.mistakes) == ("pubmed-xml", "export", ())
    (record,) = content.records
    assert record.title == "Kratom (Mitragyna) use & sleep: CO2"
    assert record.authors == ("Borg, Ana", "Chai, B", "Kratom Study Group")
    assert (record.year, record.journal, record.language) == (2021, "Sleep letters", "eng")
    assert (record.volume, record.issue, record.pages) == ("12", "2", "101-9")
    assert (record.doi, record.pmid, record.pmcid) == ("10.5555/abc.1", "33333333", "PMC7654321")
    assert record.abstract == "METHODS: We asked.\nRESULTS: They slept."
    assert record.mesh == ("*Mitragyna/adverse effects", "Humans")
    assert (record.keywords, record.type) == (("kratom",), "Journal Article")
    assert record.retracted
    assert record.raw["xml"] == ARTICLE.strip()


def test_a_chapter_as_pubmed_writes_it() -> None:
    (record,) = read(pubmed(BOOK)).records
    assert (record.title, record.journal, record.year) == ("Kratom", "Leaves", 2019)
    assert (record.pmid, record.type) == ("44444444", "Review")


def test_a_record_as_endnote_writes_it() -> None:
    content = read(ENDNOTE)
    assert (content.format, content.mistakes) == ("endnote-xml", ())
    record, second = content.records
    assert record.title == "Kratom (Mitragyna) and sleep"
    assert record.authors == ("Borg, Ana", "Chai, Bo")
    assert (record.year, record.journal, record.type) == (2021, "Sleep Letters", "Journal Article")
    assert (record.volume, record.issue, record.pages) == ("12", "2", "101-109")
    assert (record.doi, record.pmid, record.pmcid) == ("10.5555/abc.1", "33333333", "PMC7654321")
    assert (record.abstract, record.url) == ("We asked. They slept.", "https://example.org/1")
    assert record.keywords == ("kratom", "sleep")
    assert [(vote.record, vote.reviewer) for vote in content.votes] == [(record.key, "Ann")]
    assert second.title == "Two"


def test_a_broken_entry_is_named_by_its_line_and_the_others_go_in() -> None:
    text = endnote(
        "<record><titles><title>One</title></titles></record>\n",
        "<record><titles>\n<title>Bad</wrong></titles></record>\n",
        "<record><titles><title>No end</title></titles>\n",
        "<record><volume>1</volume></record>\n",
        "<record><titles><title>Last</title></titles></record>",
    )
    content = read(text)
    assert [record.title for record in content.records] == ["One", "Last"]
    assert [mistake.line for mistake in content.mistakes] == [3, 4, 5]


def test_a_file_that_was_cut_off_keeps_what_is_whole() -> None:
    content = read(pubmed(ARTICLE, ARTICLE)[:-400])
    assert len(content.records) == 1
    assert "no end" in content.mistakes[0].message


def test_control_characters_and_the_names_of_html_are_forgiven() -> None:
    text = endnote(
        "<record><titles><title>a\x02b &eacute;&#x1F; &lt;5 &amp; x</title></titles></record>"
    )
    (record,) = read(text).records
    assert record.title == "a b é <5 & x"


def test_older_encodings_are_read_as_declared() -> None:
    text = '<?xml version="1.0" encoding="windows-1251"?>' + endnote(
        "<record><titles><title>Боль и сон</title></titles></record>"
    )
    (record,) = read_bytes(text.encode("cp1251"), "a.xml").records
    assert record.title == "Боль и сон"


BOMB = """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>
<xml><records><record><titles><title>&b;</title></titles></record></records></xml>"""
OUTSIDE = BOMB.replace('<!ENTITY a "ha">', '<!ENTITY a SYSTEM "file:///etc/passwd">')


@pytest.mark.parametrize("text", [BOMB, OUTSIDE])
def test_entities_of_its_own_are_refused(text: str) -> None:
    with pytest.raises(FileError, match="declares entities"):
        read(text)


def test_entities_declared_inside_an_entry_do_no_harm_either() -> None:
    content = read(endnote('<record><!DOCTYPE x [<!ENTITY a "b">]><title>&a;</title></record>'))
    assert content.records == () and len(content.mistakes) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<PubmedArticleSet></PubmedArticleSet>", "no PubmedArticle"),
        ("<?xml version='1.0'?><rss></rss>", "neither PubMed's nor EndNote's"),
    ],
)
def test_other_xml_is_refused(text: str, words: str) -> None:
    with pytest.raises(FileError, match=words):
        read(text)


bits = st.sampled_from(
    ["<record>", "</record>", "<titles><title>", "</title></titles>", "<PubmedArticle>", "&amp;",
     "</PubmedArticle>", "<ArticleTitle>", "</ArticleTitle>", "&eacute;", "&#0;", "&#x110000;",
     "<![CDATA[", "]]>", "<!--", "-->", "<?x", "\n", "\x01", "<", ">", "<a b='c'/>"]
)  # fmt: skip


@given(
    st.sampled_from(["pubmed-xml", "endnote-xml"]),
    st.lists(bits | st.text(max_size=5), max_size=30).map("".join),
)
def test_no_text_at_all_breaks_the_readers(format: str, text: str) -> None:
    try:
        content = read_bytes(text.encode(), "a.xml", format)
    except ReviewError:
        return
    assert all(record.title and record.key for record in content.records)
    assert all(mistake.line for mistake in content.mistakes)
