"""Registration numbers are read however a paper writes them, and nothing else is taken for one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.dedupe.registries import databanks, registry_numbers

WRITTEN = {
    "NCT01234567": ["NCT 01234567", "nct01234567", "NCT: 01234567", "NCT-01234567",
                    "NCT number 01234567", "NCT No. 01234567", "NCT#01234567",
                    "https://clinicaltrials.gov/study/NCT01234567"],
    "ISRCTN12345678": ["isrctn12345678", "ISRCTN 12345678", "doi.org/10.1186/ISRCTN12345678"],
    "2015-004321-12": ["EudraCT 2015-004321-12", "EudraCT-Nr.: 2015-004321-12"],
    "2022-500123-12": ["EU CT number 2022-500123-12-00", "CTIS 2022-500123-12"],
    "EUPAS12345": ["EUPAS12345", "EU PAS 12345"],
    "ACTRN12619000123456": ["ACTRN12619000123456", "ACTRN 12619000123456p"],
    "DRKS00012345": ["DRKS00012345", "DRKS-ID: DRKS00012345"],
    "CHICTR17013081": ["ChiCTR-IOR-17013081", "ChiCTR17013081", "ChiCTR IOR 17013081"],
    "CHICTR1900021234": ["ChiCTR1900021234", "ChiCTR 1900021234"],
    "CTRI/2018/05/014011": ["CTRI/2018/05/014011", "CTRI-2018-05-014011"],
    "IRCT20180123038495N1": ["IRCT20180123038495N1", "IRCT 20180123038495N1"],
    "UMIN000012345": ["UMIN000012345", "UMIN-CTR 000012345", "JPRN-UMIN000012345",
                      "UMIN ID 000012345"],
    "JRCTS031180123": ["jRCTs031180123", "JPRN-jRCTs031180123"],
    "JRCT2031200001": ["jRCT2031200001"],
    "JAPICCTI183456": ["JapicCTI-183456"],
    "KCT0001234": ["KCT0001234", "CRiS KCT 0001234"],
    "NTR1234": ["NTR1234", "Netherlands Trial Register, NTR1234",
                "Netherlands Trial Registry: NL1234"],
    "NL-OMON12345": ["NL-OMON12345"],
    "PACTR201105000291300": ["PACTR201105000291300"],
    "TCTR20180123001": ["TCTR20180123001"],
    "SLCTR/2018/012": ["SLCTR/2018/012"],
    "RBR-5D2WZ6": ["RBR-5d2wz6"],
    "RPCEC00000123": ["RPCEC00000123"],
    "PHRR200811-002888": ["PHRR200811-002888"],
    "LBCTR2019070214": ["LBCTR2019070214"],
    "NMRR-15-123-24567": ["NMRR-15-123-24567", "NMRR: 15-123-24567"],
    "U1111-1234-5678": ["U1111-1234-5678"],
    "CRD42020123456": ["PROSPERO CRD42020123456", "CRD 42020123456"],
}  # fmt: skip

ALL = [(text, number) for number, texts in WRITTEN.items() for text in texts]


@pytest.mark.parametrize(("text", "number"), ALL)
def test_each_registry_is_read_in_one_spelling(text: str, number: str) -> None:
    assert registry_numbers(text) == {number}


@given(st.lists(st.sampled_from(ALL), max_size=6), st.sampled_from([". ", "; ", ") (", ", and "]))
def test_numbers_side_by_side_are_all_read(found: list[tuple[str, str]], between: str) -> None:
    text = f"Registered as ({between.join(text for text, _ in found)})."
    assert registry_numbers(text) == {number for _, number in found}


@pytest.mark.parametrize(
    "text",
    [
        "In 2015-2016, 12345678 people; p = 0.00012345; tel. 01234567.",
        "doi:10.1016/j.jep.2015.04.012, ISSN 2015-0043, ORCID 0000-0002-1825-0097",
        "NCT0123456 (too short), NCT012345678 (too long), XNCT01234567",
        "neurotensin NTR1 and NTR2; the NTR 100 group; NTR12345",
        "from 12015-004321-12 to 2015-004321-123",
        "UMIN trials and RCTs of 2018; the CTRI registry; IRCT of Iran",
        "a KCT of 00012345 cells; TCTR, PACTR and SLCTR are registries",
        "https://doi.org/10.17605/OSF.IO/AB12C",
    ],
)
def test_other_numbers_are_none(text: str) -> None:
    assert registry_numbers(text) == frozenset()


@given(st.text(alphabet="NCTISRDK0123456789-/ :.aé", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    assert all(number == number.upper() for number in registry_numbers(text))


def test_entries_of_pubmed_name_their_registration_apart_from_those_they_cite() -> None:
    cited = "<Reference>As in NCT09999999.</Reference>"
    xml = f"<DataBank><AccessionNumber>NCT01234567</AccessionNumber></DataBank>{cited}"
    own = (
        "PMID- 1\\nSI  - ClinicalTrials.gov/NCT01234567\\nSI  - ISRCTN/ISRCTN12345678\\nCI  - NCT0"
    )
    assert registry_numbers(databanks(xml)) == {"NCT01234567"}
    assert registry_numbers(databanks(own)) == {"NCT01234567", "ISRCTN12345678"}
    assert registry_numbers(databanks(own.replace("\\n", "\n"))) == {
        "NCT01234567",
        "ISRCTN12345678",
    }
    assert databanks(cited) == ""
