"""The layers point one way, and each outside world has one door.

app.py  >  ui, cli  >  features  >  workspace  >  store, sources  >  model, protocol, ...
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_MODULE = 500

FEATURES = {
    "records", "appraisal", "extraction", "search", "dedupe", "screening", "coding", "gaps",
    "reporting", "versions", "fulltext",
}  # fmt: skip
HEIGHT = {
    **dict.fromkeys(["store", "sources"], 1),
    "workspace": 2,  # a review opened for work: settings, protocol and store in one
    "outdated": 2,  # looks whether what a press was drawn for still holds
    "separate_process": 3,  # opens it again, for long work
    "backups": 3,  # copies the review that is open
    **dict.fromkeys(FEATURES, 3),
    "initialise": 4,  # makes a review out of the data folder, with the help of several features
    **dict.fromkeys(["ui", "cli", "commands", "__main__"], 5),
    "app": 6,
}
"""How high a part of `review` stands; what is not named here is a word or a tool of all: 0."""

SET_UP = {"start", "bootstrap"}
"""Run before anything is installed, so they know nothing of the rest."""

DOORS = {
    "streamlit": ("app", "review.ui"),
    "sqlalchemy": ("review.store",),
    "alembic": ("review.store",),
    "psycopg": ("review.store",),
    "sqlite3": ("review.store",),
    **dict.fromkeys(
        ["requests", "pyalex", "httpx", "urllib3", "urllib.request", "http.client", "socket"],
        ("review.sources", "review.start", "review.bootstrap"),
    ),
}
"""Which parts may import a package that leads to the screen, the database or the network."""

NOT_PURE = {
    "review.coding.csv_io": "reads tags and findings from files into the log, and writes them",
    "review.coding.placing": "finds the words of quotes in the reports of the store",
    "review.coding.quoting": "writes the words that a person selected into the log",
    "review.coding.suggestions": "keeps the suggestions of the machine",
    "review.coding.own_model": "trains the model of designs on confirmed tags",
    "review.coding.suggestion_account": "says what the machine did in coding so far",
    "review.coding.suggestion_changes": "makes suggestions anew where a person asks",
    "review.dedupe.decision_list": "lists the merges and links of the log",
    "review.dedupe.manual_decisions": "writes what people say of two records",
    "review.dedupe.pipeline": "compares what is new, and stores what comes of it",
    "review.reporting.bundle.attachments": "finds the files that go along with a review",
    "review.reporting.bundle.contents": "writes the rows and numbers of a review into a bundle",
    "review.reporting.bundle.figures": "has every number of a review worked out",
    "review.reporting.bundle.readable": "has the tables of a bundle worked out anew and compares",
    "review.search.completing": "looks up what reports lack, and keeps it as a run of the log",
    "review.search.connections": "connects the sources that a piece of work asks",
    "review.search.estimates": "asks what searches would bring and cost",
    "review.search.citations": "asks which works included reports are, and for their citations",
    "review.search.run_differences": "compares runs of the log",
    "review.search.library_editions": "takes editions of the library into the log",
    "review.search.content_intake": "writes what files of our own bring into the log",
    "review.search.importing": "keeps files as runs of the log",
    "review.search.search_log": "reads the log of searches",
    "review.search.recall": "looks for known papers among what runs found",
    "review.search.runs": "tells how runs ended, and withdraws them",
    "review.search.search_statements": "keeps what people state of the searching",
    "review.search.run_writer": "keeps a search run in the log, page by page",
    "review.search.fetching": "walks a search from page to page into the log",
    "review.gaps.cell_opening": "reads what is behind a cell of the map",
    "review.search.similar": "brings in works like a text, as a run of another method",
    "review.search.adding_searches": "adds a search to the protocol, in its file and in the log",
    "review.gaps.ledger_state": "works out the ledger of gaps, and keeps what people say of gaps",
    "review.reporting.gap_text": "writes what follows from the ledger of gaps",
    "review.gaps.facts": "reads the evidence, and keeps what has not changed since",
    "review.reporting.table_views": "keeps the views of tables that a person has saved",
    "review.reporting.table_list": "works tables out of the review that is open",
    "review.reporting.coverage": "counts how much of the review was looked at",
    "review.reporting.offline.content": "reads all that the offline map holds",
    "review.reporting.flows": "reads what the flow diagram counts, and keeps words of its boxes",
    "review.reporting.texts.methods_facts": "reads how the review was done",
    "review.reporting.texts.results_facts": "reads what came out of it",
    "review.reporting.lately": "reads what was done in the last weeks",
    "review.reporting.contributors": "who did what, and under which protocols",
    "review.coding.findings": "writes findings into the log, with the tags they say",
    "review.appraisal.files": "reads judgements from files into the log, and writes them",
    "review.appraisal.reading": "reads judgements, and says what of them is settled",
    "review.coding.steps": "reads in the log what one step of coding wrote",
    "review.coding.codebook_edits": "edits the codebook, with the text before in the log",
    "review.coding.recoding": "asks again about reports whose values were retired",
    "review.coding.forms": "finishes, compares and settles the forms of several coders",
    "review.coding.coding_agreement": "measures agreement on the codings of a review",
    "review.screening.reviewer_agreement": "measures agreement on the votes of a review",
    "review.screening.stopping_state": "tells how far the screening of a review is",
    "review.screening.stops": "stops the screening of a review, and draws checks of the rest",
    "review.screening.stop_outlook": "tells of the end of the screening of a review",
    "review.screening.second_looks": "lists decisions to be looked at again, and keeps them",
    "review.screening.ordering": "keeps the order of a stage up to date with the votes",
    "review.screening.assignment": "says in the log who votes on what",
    "review.screening.discussion": "keeps what is said about conflicts in the log",
    "review.screening.pilot": "draws and ends pilot batches",
    "review.screening.votes": "writes votes into the log",
    "review.screening.pace": "tells how far and how fast people screen",
    "review.screening.bulk": "lays out one vote on many reports, and casts it",
    "review.screening.postponing": "puts reports to the end of a queue, and lists own decisions",
    "review.screening.preferences": "keeps what a person prefers of marks and keys",
    "review.records.mending": "writes titles and abstracts that were added by hand into the log",
    "review.screening.conflicts": "shows votes that disagree, and settles them",
}
"""Modules of a feature that join its pure parts to the store, besides each ``service``, and why."""

PART_OF = {"pydantic_core": "pydantic", "typing_extensions": "typing-extensions"}
"""Packages that another one pins to an exact version and brings along."""


@dataclass(frozen=True)
class Module:
    """One file of ours: its dotted name, what it imports (dotted names) and its length in lines."""

    name: str
    imports: frozenset[str]
    lines: int

    @property
    def part(self) -> str:
        """``store`` of ``review.store.engine``; ``app`` of ``app``."""
        return part(self.name)

    @property
    def is_pure(self) -> bool:
        """Whether it is a part of a feature that takes and returns plain data."""
        last = self.name.rsplit(".", 1)[-1]
        return self.part in FEATURES and last != "service" and self.name not in NOT_PURE


def part(name: str) -> str:
    words = name.split(".")
    return words[1] if words[0] == "review" and len(words) > 1 else words[0]


def is_in(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def read_modules(root: Path) -> list[Module]:
    """Return all modules of ``review`` and ``app.py``."""
    files = [*sorted((root / "review").rglob("*.py")), *root.glob("app.py")]
    return [read_module(file, root) for file in files]


def read_module(file: Path, root: Path) -> Module:
    words = list(file.relative_to(root).with_suffix("").parts)
    is_package = words[-1] == "__init__"
    if is_package:
        words.pop()
    package = words if is_package else words[:-1]
    source = file.read_text(encoding="utf-8")
    imports = frozenset(_imports(ast.parse(source), package))
    return Module(".".join(words), imports, len(source.splitlines()))


def _imports(tree: ast.AST, package: list[str]) -> Iterator[str]:
    """Yield what is imported anywhere in a module, in functions and for type checking too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            source = ".".join([*base, *([node.module] if node.module else [])])
            # Either may be the module: `from review import store`, `from review.store import x`.
            yield source
            yield from (f"{source}.{alias.name}" for alias in node.names)


def shortest(names: Iterable[str]) -> list[str]:
    """Leave out ``review.store.x`` where ``review.store`` is complained about already."""
    found = set(names)
    return sorted(name for name in found if name.rpartition(".")[0] not in found)


# ---- the rules, each a function from modules to complaints ----------------------------------


def upward_imports(modules: list[Module]) -> Iterator[str]:
    def wrong(module: Module, name: str) -> bool:
        if not is_in(name, "review") or name == "review" or part(name) == module.part:
            return False
        here, there = HEIGHT.get(module.part, 0), HEIGHT.get(part(name), 0)
        return there > here or there == here == 1  # store and sources know nothing of each other

    for module in modules:
        for name in shortest(name for name in module.imports if wrong(module, name)):
            yield f"{module.name} imports {name}, which stands above or beside it"


def set_up_imports(modules: list[Module]) -> Iterator[str]:
    def wrong(name: str) -> bool:
        ours = is_in(name, "review") and part(name) in SET_UP
        return not ours and name.split(".")[0] not in sys.stdlib_module_names

    for module in modules:
        if module.part in SET_UP:
            for name in shortest(filter(wrong, module.imports)):
                yield f"{module.name} imports {name}, which may not be installed yet"


def wrong_doors(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        for package, doors in DOORS.items():
            if not any(is_in(module.name, door) for door in doors):
                for name in shortest(name for name in module.imports if is_in(name, package)):
                    yield f"{module.name} imports {name}; only {' and '.join(doors)} may"


def impure_imports(modules: list[Module]) -> Iterator[str]:
    impure = {module.name for module in modules if module.part in FEATURES and not module.is_pure}

    def wrong(name: str) -> bool:
        joins = any(is_in(name, module) for module in impure)
        return joins or (is_in(name, "review") and part(name) in {"store", "sources", "workspace"})

    for module in modules:
        if module.is_pure:
            for name in shortest(filter(wrong, module.imports)):
                yield f"{module.name} is a pure part of its feature, but imports {name}"


def feature_cycles(modules: list[Module]) -> Iterator[str]:
    needs: dict[str, set[str]] = {feature: set() for feature in FEATURES}
    for module in modules:
        if module.part in FEATURES:
            used = {part(name) for name in module.imports if is_in(name, "review")}
            needs[module.part] |= used & FEATURES - {module.part}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as error:
        yield f"features need one another in a circle: {' > '.join(error.args[1])}"


def sources_known_by_name(modules: list[Module]) -> Iterator[str]:
    """A source is one folder; whatever needs one asks the registry for it."""
    folders = {".".join(module.name.split(".")[:3]) for module in modules
               if is_in(module.name, "review.sources") and module.name.count(".") > 2}  # fmt: skip
    for module in modules:
        for folder in folders:
            if not is_in(module.name, folder):
                for name in shortest(name for name in module.imports if is_in(name, folder)):
                    yield f"{module.name} imports {name}, one source among others"


def long_modules(modules: list[Module]) -> Iterator[str]:
    for module in modules:
        if module.lines > LONGEST_MODULE:
            yield f"{module.name} has {module.lines} lines: more than one idea?"


RULES = {
    "layers point one way": upward_imports,
    "setting up needs nothing installed": set_up_imports,
    "each outside world has one door": wrong_doors,
    "pure parts stay pure": impure_imports,
    "features do not need one another in a circle": feature_cycles,
    "no source is known by its name": sources_known_by_name,
    "a module is one idea": long_modules,
}


@pytest.mark.parametrize("rule", RULES)
def test_the_code_keeps_the_rule(rule: str) -> None:
    assert list(RULES[rule](read_modules(ROOT))) == []


def test_the_address_of_a_page_is_read_and_written_in_one_place() -> None:
    files = (ROOT / "review").rglob("*.py")
    found = [f.name for f in files if "st.query_params" in f.read_text(encoding="utf-8")]
    assert found == ["page_address.py"]


def test_pages_and_commands_open_no_transaction() -> None:
    files = [f for part in ("ui", "commands") for f in (ROOT / "review" / part).rglob("*.py")]
    opens = re.compile(r"\bstore\.(read|write)\(")
    assert [f.name for f in files if opens.search(f.read_text(encoding="utf-8"))] == []


def test_every_package_we_import_is_a_requirement() -> None:
    required = {
        re.split(r"[\[<>=~! ]", line)[0].lower()
        for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    }
    names = {name.split(".")[0] for module in read_modules(ROOT) for name in module.imports}
    foreign = names - set(sys.stdlib_module_names) - {"review", "app"}
    distributions = packages_distributions()
    used = {PART_OF.get(name, distributions[name][0].lower()) for name in foreign}
    assert used - required == set()


# ---- the rules notice ------------------------------------------------------------------------

BROKEN: Mapping[str, tuple[str, str, str]] = {
    "a page in the store": ("layers point one way", "review/store/x.py", "import review.ui.keys"),
    "a feature in the model": ("layers point one way", "review/model.py", "from .gaps import a"),
    "from review": ("layers point one way", "review/sources/x.py", "from review import search"),
    "sources in the store": ("layers point one way", "review/store/x.py", "import review.sources"),
    "set-up": ("setting up needs nothing installed", "review/start.py", "import review.errors"),
    "screen": ("each outside world has one door", "review/gaps/x.py", "import streamlit as st"),
    "in a function": (
        "each outside world has one door",
        "review/ui/x.py",
        "def f():\n    from sqlalchemy.orm import Session",
    ),
    "network": ("each outside world has one door", "review/ui/x.py", "import urllib.request"),
    "pure part": ("pure parts stay pure", "review/dedupe/compare.py", "from review import store"),
    "by a service": ("pure parts stay pure", "review/gaps/a.py", "from .service import read"),
    "one source": (
        "no source is known by its name",
        "review/sources/pubmed/query.py",
        "import review.sources.openalex.client",
    ),
    "long": ("a module is one idea", "review/x.py", "\n" * 501),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_rule_notices_when_it_is_broken(name: str, tmp_path: Path) -> None:
    rule, path, source = BROKEN[name]
    for file, text in {
        "review/gaps/service.py": "",
        "review/sources/openalex/client.py": "",
        path: source,
    }.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    found = {each: list(check(read_modules(tmp_path))) for each, check in RULES.items()}
    assert [each for each, complaints in found.items() if complaints] == [rule]


def test_a_circle_of_features_is_noticed() -> None:
    modules = [
        Module("review.gaps.service", frozenset({"review.coding.service"}), 1),
        Module("review.coding.service", frozenset({"review.gaps.matrix"}), 1),
    ]
    assert list(feature_cycles(modules))


def test_what_lies_below_and_pure_names_are_allowed(tmp_path: Path) -> None:
    allowed = {
        "app.py": "import streamlit\nfrom review.ui import pages",
        "review/ui/pages/a.py": "import streamlit\nfrom review.gaps import service",
        "review/gaps/service.py": "from review.store import Store\nfrom urllib.parse import quote",
        "review/gaps/matrix.py": "from review.model import Finding\nfrom . import other",
        "review/store/engine.py": "import sqlalchemy\nfrom ..errors import StoreError",
    }
    for file, text in allowed.items():
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text(text, encoding="utf-8")
    assert [text for rule in RULES.values() for text in rule(read_modules(tmp_path))] == []
