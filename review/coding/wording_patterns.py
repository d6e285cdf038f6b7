"""Wording that speaks for a study design, beyond the codebook's triggers.

The codebook's phrases are the review's own and short. These say how papers of a kind usually word
what they did, whatever their topic. Points were set by reading, and by trying them on the 2,109
training and validation abstracts of StudyTypeTeller, which people sorted by study type.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from review.coding.needed_words import NeededWords


@dataclass(frozen=True, slots=True)
class Cue:
    """One piece of wording.

    Attributes:
        points: how far it counts for its design, or against it; a trigger phrase counts about 1.
        pattern: looked for in small letters.
        title: looked for in the title only.
    """

    value: str
    points: float
    pattern: re.Pattern[str]
    title: bool = False


_ANIMALS = (
    r"(?:mice|mouse|rats?|rabbits?|pigs?|piglets?|minipigs?|dogs?|sheep|ewes|lambs?|goats?|monkeys?|"
    r"macaques?|marmosets?|zebrafish|hamsters?|gerbils?|guinea[ -]pigs?|chickens?|broilers?|hens|"
    r"cows?|calves|cattle|horses?|cats?|ferrets?|drosophila|c\. elegans|baboons?|"
    r"swine(?![- ](?:origin|flu|influenza)))"
)
_PEOPLE = (
    r"(?:patients|participants|subjects|volunteers|women|men|children|adults|individuals|players|"
    r"athletes|students|infants|adolescents|people|cases|eyes|persons|males|females|users|teeth|"
    r"smokers|runners)"
)

_WORDING: tuple[tuple[str, float, str, bool], ...] = (
    # -- reviews
    ("narrative_review", 2.0, r"\b(?:this|the present|the current) (?:mini-?)?(?:article|paper|"
     r"chapter|overview|manuscript|work|review|contribution|section)\b[^.]{0,60}\b(?:reviews?|"
     r"discuss\w*|summari[sz]\w*|outlines?|highlights?|overview|explores?|focus\w*|addresses|"
     r"covers)\b|\bthe review (?:also )?(?:considers|describes|discusses|deals|presents|examines|"
     r"summari[sz]es|outlines|highlights|focuses|covers|addresses|provides|analy[sz]es)\b", False),
    ("narrative_review", 1.5, r"\b(?:we|authors?|here|herein)\b[^.]{0,25}\b(?:review|discuss|"
     r"summari[sz]e|outline|highlight|provide an overview)\b", False),
    ("narrative_review", 1.0, r"\b(?:are|is|will be|was|were) (?:also |briefly |then )?"
     r"(?:reviewed|discussed|summari[sz]ed|highlighted|outlined)\b", False),
    ("narrative_review", 0.7, r"\brecent(?:ly)? (?:advances?|progress|developments?|insights?|"
     r"evidence|findings|studies|years|discover\w+)\b|\bin (?:recent|the last|the past)\b[^.]{0,12}"
     r"\b(?:years|decades?)\b", False),
    ("narrative_review", 0.7, r"\b(?:current|existing|available|latest|published|up-to-date) "
     r"(?:knowledge|understanding|evidence|literature|state|concepts?|status|data|research|"
     r"approaches|therap\w+|treatments?)\b|\bthe literature\b", False),
    ("narrative_review", 0.8, r"\b(?:advances?|insights?|perspectives?|updates?|overview|emerging|"
     r"mechanisms|challenges|future|strategies|opportunit\w+|approach(?:es)? (?:to|for)|"
     r"state of the art|implications|the role of|current|management of|where|what|how|why|from .+ "
     r"to|targeting|therapeutic targets?|therap(?:y|ies) (?:for|of|in))\b", True),
    ("systematic_review", 1.0, r"\b(?:prospero|inclusion criteria|risk of bias)\b[^.]*\b(?:studies|"
     r"articles|trials)\b|\b(?:studies|articles|trials) were (?:included|identified|eligible|"
     r"retrieved|selected)\b", False),
    ("systematic_review", 1.5, r"\b(?:we|authors|this (?:study|paper|article)) (?:\w+ ){0,2}"
     r"(?:conduct|perform|provide|present|report|carr(?:y|ied) out|use|undertook|did)\w* "
     r"(?:[\w-]+ ){0,4}(?:meta-?analy\w+|systematic (?:literature )?review)\b", False),
    # -- trials
    ("rct_parallel", 1.5, r"\b(?:were|was|been) (?:\w+ )?(?:randomly|randomi[sz]ed)\b|"
     r"\brandomi[sz]ed (?:to|into|in a|controlled trial|clinical trial)\b|\brandom(?:ly)? "
     r"(?:allocat|assign|divid)\w+", False),
    ("rct_parallel", 1.5, r"\brandomi[sz]ed\b|\brct\b", True),
    ("rct_parallel", -2.0, r"\b(?:non-?|not |un)randomi[sz]ed\b", False),
    ("rct_parallel", -1.5, r"\b(?:further|future|larger?|more|most|several|few|many|recent|"
     r"previous|published|some|available)\b[^.]{0,40}\brandomi[sz]ed\b|\brandomi[sz]ed\b[^.]{0,60}"
     r"\b(?:needed|warranted|required|lacking|should)\b", False),
    ("rct_parallel", 2.5, r"\b(?:secondary|post[- ]?hoc|subgroup|exploratory|ancillary|planned) "
     r"analys[ei]s (?:of|from|using) (?:the )?(?:data (?:of|from) )?(?:an?|the|this|our) "
     r"(?:[\w-]+ ){0,5}(?:randomi[sz]ed|rct)\b", False),
    ("nonrandomized_trial", 1.5, rf"\b{_PEOPLE}\b[^.]{{0,60}}\b(?:received|underwent|ingested|"
     r"consumed|performed|completed|were (?:treated|given|administered|trained|asked|instructed|"
     r"exposed|tested|implanted|injected|scanned|stimulated))\b", False),
    ("nonrandomized_trial", 1.2, r"\b(?:open-label|single-(?:arm|group|blind)|pilot study|"
     r"pilot trial|feasibility|phase (?:i|ii|1|2|1b|2a|ib|iia)\b|proof[- ]of[- ]concept|"
     r"interventional study|quasi-experimental|non-?randomi[sz]ed)", False),
    ("nonrandomized_trial", 1.0, r"\b(?:before and after|pre-? ?(?:and |to )?post-?|"
     r"baseline (?:and|to)|after (?:treatment|training|surgery|(?:the )?intervention|therapy)|"
     r"post-?treatment|post-?intervention|the intervention|training program\w*)\b", False),
    ("nonrandomized_trial", 0.8, r"\b(?:efficacy|effects?|safety|effectiveness|impact|outcomes?|"
     r"treatment|intervention|training|stimulation|rehabilitation|following|therapy)\b", True),
    ("study_protocol", 2.0, r"\bprotocol\b", True),
    ("study_protocol", 1.5, r"\b(?:will be|will) (?:randomi[sz]ed|recruited|enrolled|assessed|"
     r"randomly|conducted|measured|included|analy[sz]ed|receive)\b", False),
    # -- patients one by one
    ("case_report", 1.5, r"\b(?:we|authors) (?:here(?:in)? )?(?:report|present|describe)s?\b"
     r"[^.]{0,40}\b(?:case|patient|man|woman|boy|girl|infant|child)\b", False),
    ("case_report", 1.5, r"\b(?:a|an|one) (?:\w+ ){0,3}(?:\d{1,3}|\w+)[- ](?:year|month|week|day)s?"
     r"[- ]old\b", False),
    ("case_report", 1.2, r"\b(?:case|a rare|an unusual|presenting (?:as|with)|mimicking|"
     r"masquerading|misdiagnosed|secondary to|complicat\w+ by|associated with|induced|successful)"
     r"\b", True),
    ("case_report", 0.8, r"\b(?:the|our|this) patient\b", False),
    ("case_report", 1.5, r"\b(?:a|the|one) (?:\w+ )?(?:case|patient|man|woman|girl|boy|infant|"
     r"child)\b[^.]{0,30}\b(?:is|was) (?:reported|presented|described)\b", False),
    # -- animals and cells
    ("animal_in_vivo", 2.0, r"\b(?:male|female|adult|aged|old|young|wild-?type|transgenic|"
     r"knock-?out|db/db|nude|diabetic|obese|pregnant|neonatal|newborn|deficient|an(?:a)?esthetized|"
     rf"na[iï]ve|lean|mutant|treated|fed)\b[\w/() -]{{0,25}}\b{_ANIMALS}\b", False),
    ("animal_in_vivo", 1.5, rf"\b{_ANIMALS}\b[^.]{{0,25}}\b(?:were|was|received|underwent|showed|"
     r"exhibited|displayed|had|fed|treated|lacking)\b", False),
    ("animal_in_vivo", 1.5, rf"\bin (?:\w+[ -]){{0,3}}{_ANIMALS}\b|\b(?:mouse|rat|murine|rodent|"
     r"porcine|canine|ovine|equine|rabbit|animal|preclinical)\b[\w -]{0,15}\bmodels?\b", False),
    ("animal_in_vivo", 1.5, rf"\b(?:{_ANIMALS}|murine|porcine|rodents?|canine|bovine)\b", True),
    ("in_vitro", 1.5, r"\b(?:cells?|cell lines?|cultures?|fibroblasts|keratinocytes|macrophages|"
     r"hepatocytes|neurons|organoids?|osteoblasts|chondrocytes|huvecs?|mscs?|platelets|spheroids|"
     r"monocytes|lymphocytes|specimens|samples|astrocytes|microglia|cardiomyocytes)\b[^.]{0,30}\b"
     r"(?:were|was) (?:cultured|treated|incubated|exposed|transfected|seeded|stimulated|infected|"
     r"grown|co-?cultured|prepared)\b", False),
    ("in_vitro", 1.0, r"\b(?:cultured|primary|immortali[sz]ed|human-derived|transfected|ipsc\w*) "
     r"(?:[\w-]+ ){0,2}(?:cells?|cultures?|fibroblasts|neurons|hepatocytes|lines?)\b", False),
    ("in_vitro", 0.8, r"\b(?:western blot\w*|transfect\w+|knock-?down|sirna|overexpress\w+|mtt|"
     r"cck-8|flow cytometry|luciferase|co-?immunoprecipitation|scratch assay|transwell)\b", False),
    ("in_vitro", 0.7, r"\b(?:organoids?|cell[- ]cultures?|cell[- ]based|cell lines?|co-?cultures?|"
     r"ipsc\w*|stem[- ]cell-derived|recombinant|yeast|crystal structure|assays?|spectroscopy|"
     r"hybrid cells|neuroblastoma cells|cytotoxicity)\b", False),
    ("in_vitro", 1.2, r"\bcells?\b|\bin vitro\b|\bculture[ds]?\b|\borganoids?\b|\bneurons\b|"
     r"\bmicroglia\b|\bcytotoxic\w*|\bfibroblasts\b|\bbinding\b", True),
)  # fmt: skip

CUES = tuple(
    Cue(value, points, re.compile(pattern), title) for value, points, pattern, title in _WORDING
)

STATED_DESIGN = re.compile(
    r"\b(?:(?:study|trial|research) )?design(?: (?:and|&) [^.:]{1,30})?\s*:\s*"
    r"([^.;:]{1,80}?(?=[.;:]| (?:of|in|with|from|and|using|on)\b|\Z))"
)
"""A heading under which an abstract states its design, and the words that name it."""

_RANDOM = re.compile(r"(?<!non-)(?<!non)(?<!not )(?<!un)\brandom(?:i[sz]|ly|\b)")


def states_random(text: str) -> bool:
    """Whether a text in small letters says that chance decided; blinding alone does not."""
    return "random" in text and _RANDOM.search(text) is not None


_ALLOTTED = re.compile(
    r"(?:\b(?:an?|this|our|the present|we \w+|design|methods?|interventions?):? )(?:an? )?"
    r"(?:[\w-]+,? (?:and )?){0,5}?(?<!non-)randomi[sz]ed,?(?: [\w-]+,?){0,6}? "
    r"(?:trial|study|design|comparison|investigation)\b|"
    rf"\b(?:{_PEOPLE}|they|who|groups|clinics|practices|families|mothers|"
    rf"parents|couples|clients|nurses|physicians|workers|veterans|residents|survivors|schools|"
    rf"hospitals|villages)\b[^.;]{{0,80}}?"
    r"\b(?:were|was|been) (?:then |also )?(?:randomi[sz]ed|randomly (?:assigned|allocated|divided|"
    r"allotted))(?: \w+)? (?:to|into|in)\b"
)
_ALLOTTED_ELSEWHERE = re.compile(
    r"\b(?:needs?|needed|would|should|warrant\w*|require[ds]?|future|next|further|larger?|"
    r"plan(?:s|ned|ning)|lack(?:s|ing)?|previous(?:ly)?|published|earlier|recent(?:ly)?|pseudo-?|"
    r"quasi-?|not randomi[sz]ed|mendelian|until|before an?)\b"
)


def states_allotment(text: str, sentences: Sequence[tuple[int, int]]) -> bool:
    """Whether a text in small letters says of the study itself that chance allotted people.

    Args:
        sentences: where those of the abstract start and end. One that speaks of another trial, or
            of one that is needed, says nothing of this one.
    """
    return "random" in text and any(
        _ALLOTTED.search(text, start, end) and not _ALLOTTED_ELSEWHERE.search(text, start, end)
        for start, end in sentences
        if "random" in text[start:end]
    )


COMMENTS = re.compile(
    r"\A\W*(?:invited |guest |expert |author'?s?'? )?(?:re|reply|responses?|comments?|commentary|"
    r"letter|editorial|correspondence)\b(?: (?:on|to|regarding|about|by)\b|\s*[:.]|\s+-|-\s)|"
    r"[:.?\-] (?:an? )?(?:invited |brief |critical )?(?:commentary|comment|editorial|letter to the "
    r"editor|reply|rebuttal|viewpoint)\b|\bletter to the editor\b|\bcomments? on\b"
)
"""Titles of papers on another paper: the trial that they name is not theirs."""

COMMENTS_IN_ABSTRACT = re.compile(
    r"\bin this issue\b[^.]{0,90}\bet al\b|"
    r"\b(?:in|the aim of|purpose of) this (?:\w+ )?(?:commentary|editorial|letter|viewpoint)\b|"
    r"\bthis (?:\w+ )?(?:commentary|editorial|letter|viewpoint) (?:discusses|comments|considers|"
    r"reflects|argues|responds|examines|critiques|addresses|highlights)\b"
)

_OWN_DATA_IN_WORDS = re.compile(
    r"\b(?:we (?:\w+ )?(?:found|observed|measured|enrolled|recruited|included|analy[sz]ed|"
    r"conducted|performed|treated|tested|investigated|examined|assessed|evaluated|compared|used|demonstrated|"
    r"collected|studied|identified|developed|generated|determined|report)|"
    r"w(?:ere|as) (?:\w+ )?(?:randomi[sz]ed|enrolled|recruited|assigned|measured|treated|"
    r"collected|obtained|analy[sz]ed|injected|included|performed|assessed|evaluated|compared|"
    r"investigated|conducted|calculated|tested|significantly)|"
    r"were (?:studied|found|observed|detected|given|used|administered|seen|examined|identified)|"
    r"our (?:results|findings|data|study)|results (?:showed|suggest|indicate|demonstrate)|"
    r"significantly|this (?:\w+ )?(?:study|audit|survey|investigation)|"
    r"the (?:present|current) study|(?:purpose|aim|objective) of (?:this|the|our)|"
    r"in a (?:\w+ ){0,2}(?:sample|cohort|series)|an? \d+[- ]years?[- ]old|"
    r"\d+ (?:\w+ )?(?:patients|participants|subjects|women|men|children|rats|mice|adults|"
    r"volunteers|cases))\b"
)
_OWN_DATA_IN_SIGNS = re.compile(
    r"\b(?:n ?= ?\d|p ?[<=>≤] ?0?\.\d|95 ?% ?(?:ci|confidence)|"
    r"(?:results|methods|main results|findings):)"
)
OWN_DATA = (_OWN_DATA_IN_WORDS, _OWN_DATA_IN_SIGNS)
"""Wording of papers that report data of their own; an abstract without any is likely a review."""


@dataclass(frozen=True, slots=True)
class OutcomeWord:
    """A general word for an outcome, for texts that name none of its kind more exactly.

    Attributes:
        alone: only where no other value of the same codebook group is suggested.
    """

    value: str
    pattern: re.Pattern[str]
    alone: bool


OUTCOME_WORDS = tuple(
    OutcomeWord(value, re.compile(pattern), alone)
    for value, pattern, alone in (
        ("pain_intensity", r"\b(?:pain|painful|analgesia|headaches?)\b", True),
        ("sleep_quality", r"\bsleep\b(?! (?:apn|deprivation|restriction|medicine))", True),
        (
            "death",
            r"\b(?:survival|survived|non-?survivors|deceased|lethality|case[- ]fatality)\b",
            False,
        ),
        (
            "adverse_events_any",
            r"\b(?:complications?|adverse (?:reactions?|experiences?)|toxicit(?:y|ies)|tolerated|"
            r"tolerability|untoward|nausea|vomiting|hypotension|bleeding|dizziness|"
            r"unwanted effects?|serious events?|discontinued (?:because|due)|"
            r"(?:systemic|infusion|injection[- ]site) reactions?|"
            r"hypoglyca?emic (?:events?|episodes?))\b",
            False,
        ),
        (
            "emotional_function",
            r"\b(?:depress(?:ion|ive|ed)|anxiety|anxious|distress|mood|stress|psychological|"
            r"self-esteem|irritability|emotional|hamilton|beck)\b",
            False,
        ),
        (
            "cognition",
            r"\b(?:cognit(?:ion|ive)|memory|attention|executive function\w*|recall|reaction time|"
            r"mini-mental|mmse|neuropsycholog\w+|knowledge)\b",
            False,
        ),
    )
)
NEEDED = NeededWords([*(c.pattern for c in CUES), *(w.pattern for w in OUTCOME_WORDS)])
"""What each of `CUES`, and then each of `OUTCOME_WORDS`, needs of a text."""

_WHO = (
    r"(?:patients?|adults?|people|individuals|subjects|participants|women|men|children|those|"
    r"volunteers|users|outpatients|veterans|athletes|students|adolescents)"
)
INDICATION_BEFORE = re.compile(
    rf"\b{_WHO}\b(?: aged[^.;:]{{0,25}}| \w+)? (?:with|suffering from|"
    r"who (?:had|have)|having|experiencing|living with)\b[^.;:,]{0,60}$"
)
"""Words before a complaint that make it what people had at the start and not what was measured."""

INDICATION_BEFORE_IN_TITLE = re.compile(
    r"\b(?:for|with|in|treating|treatment of|management of|due to)\b[^.:;,]{0,50}$"
)
INDICATION_AFTER = re.compile(
    r"[ -](?:patients?|clinics?|syndromes?|populations?|cent(?:er|re)s?)\b"
)

OTHER_MEANING = re.compile(
    r"\bwithdr\w+ (?:from|of)(?: \w+){0,2} (?:stud(?:y|ies)|trials?|treatment|consent|protocol|"
    r"participation|research|programme?)\b|\bwithdr\w+ (?:\w+ )?(?:due to|because|owing to)\b|"
    r"\b(?:study|trial|patient|participant|early|premature|consent|subject) withdrawals?\b|"
    r"\b(?:drop-?outs?|attrition|discontinuations?)(?: and| or|,|/) ?withdrawals?\b|"
    r"\bwithdrawals? (?:and|or) (?:drop-?outs?|discontinuations?)\b|"
    r"\b(?:rates?|numbers?|reasons?) (?:of|for) (?:study )?withdrawals?\b|"
    r"\b(?:glucose|pain|exercise|immune|transplant|salt|drought|heat|cold|stress|insulin|lactose|"
    r"carbohydrate|orthostatic|impact|ischa?emic)[- ](?:in)?tolerance\b|\btolerance tests?\b|"
    r"\b(?:dose|concentration|time|temperature|voltage|ph|state|frequency|calcium|sodium|"
    r"potassium|functional|care|oxygen|ventilator|transfusion|steroid|insulin|field|sex|age|path|"
    r"context|spatial|linear|statistical|cholesterol)[- ]dependen(?:ce|cy|t)\b|"
    r"\bdependen(?:ce|cy) of (?:[\w-]+ ){1,5}(?:on|upon)\b|"
    r"\bdependen(?:ce|cy) (?:of|on) (?:the )?(?:dose|concentration|time|temperature|voltage|ph|age|"
    r"others|caregivers?|care|oxygen|ventilat\w+|help)\b|"
    r"\b(?:leading|major|common|main|frequent|first|second|third) causes? of (?:[\w-]+ ){0,4}?"
    r"(?:deaths?|mortality)\b|\bdeceased[- ](?:donors?|donations?)\b|\bcell deaths?\b|"
    r"\b(?:cancer|tumou?r|leuka?emia|lymphoma|stroke|trauma|sepsis|covid-19|long-term) survivors\b|"
    r"\bsurvivors of\b|\b(?:graft|allograft|implant|flap|parasite|bacterial|microbial|cell|"
    r"neuronal|sperm|embryo) survival\b|"
    r"\b(?:public|food|road|patient) safety\b|"
    # A composite of what the treatment is to prevent, and no harm of it.
    r"\bmajor adverse (?:(?:cardi\w+|cerebro\w+|vascular|coronary|limb|kidney|renal|clinical|and|"
    r"or) ){0,4}(?:events?|outcomes?)\b|"
    r"\b(?:common|frequent|known) (?:[\w-]+ )?complications? (?:of|after)\b|"
    r"\bcomplications? of (?:type \w+ )?(?:diabetes|cirrhosis|hypertension)\b|"
    r"\b(?:uterine|variceal) bleeding\b|\bbleeding from (?:o?esophageal|gastric) varices\b|"
    r"\bpost-?exercise hypotension\b|"
    r"\b(?:prevent(?:s|ed|ing)?|(?:prevention|prophylaxis|treatment|control|management) (?:of|"
    r"against)) (?:(?:acute|severe|delayed|maternal|spinal|post-?operative|[\w-]+-induced|nausea) "
    r"(?:and |or )?){0,3}(?:nausea|vomiting|hypotension|bleeding|dizziness)\b|"
    r"\b(?:chemotherapy|radiation|cisplatin)-induced nausea(?: and vomiting)?\b"
)
"""Phrases whose words are those of an outcome or a harm and mean another thing."""
