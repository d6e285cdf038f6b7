"""What may not hold up or break the reading of protocol and codebook, told with file and line."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from review.protocol import yaml_reading
from review.protocol.expression_cost import too_slow
from review.protocol.yaml_reading import parse_yaml

DATA = Path(__file__).parents[1] / "data"
LOADERS = [yaml.SafeLoader, *([yaml.CSafeLoader] if hasattr(yaml, "CSafeLoader") else [])]

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 30)
)


@pytest.fixture(params=LOADERS, ids=lambda loader: loader.__name__)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    monkeypatch.setattr(yaml_reading, "LOADER", request.param)
    return request.param


@pytest.mark.parametrize("name", ["codebook.yaml", "protocol.yaml", "library/code_map.yaml"])
def test_the_shipped_files_are_the_same_to_both_loaders(loader: type, name: str) -> None:
    text = (DATA / name).read_text(encoding="utf-8")
    source, mistakes = parse_yaml(name, text)
    assert mistakes == [] and source.data
    assert source.data == yaml.load(text, yaml.SafeLoader)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (BOMB, 1, "aliases"),
        ("a: 1\nb: &b [*b]\n", 2, "aliases"),
        ("a: 1\nb: " + "[" * 2_000 + "]" * 2_000, 2, "nest"),
        ("a: 1\nb: 2026-13-45\n", 2, "put it in quotes"),
        ("a: 1\nb: " + "9" * 5_000, 2, "put it in quotes"),
    ],
)
def test_what_passes_a_limit_is_refused_with_its_line(
    loader: type, text: str, line: int, said: str
) -> None:
    began = time.monotonic()
    source, (mistake,) = parse_yaml("codebook.yaml", text)
    assert time.monotonic() - began < 10
    assert source.data is None and mistake.file == "codebook.yaml"
    assert mistake.line == line and said in mistake.message


@pytest.mark.parametrize(
    "expression",
    [r"(a+)+$", r"(\w+\s?)*$", r"(a|a)*b", r"(a|aa)+$", r"(x+x+)+y", r"(a?a)*b", r"(.*)*",
     r".*.*x", r"a.*b.*c.*d", r"(.{0,80}){0,80}x", r"\w+\w+\w+\w+x", r"(?=(a+)+$)", "a" * 2_000],
)  # fmt: skip
def test_an_expression_that_may_never_end_is_refused(expression: str) -> None:
    assert too_slow(expression)


@pytest.mark.parametrize(
    "expression",
    [r"\banalges\w+\b.{0,60}\b(mice|rats?)", r"a.*b", r".*x", r"(foo|bar)+", r"(\w+ ){1,3}mg",
     r"(?<![\w-])mitragynine(?!\s+speciosa)", r"\b\d[\d.,]*\s*(g|grams?) (of )?(kratom|leaf)"],
)  # fmt: skip
def test_an_ordinary_expression_is_not(expression: str) -> None:
    assert too_slow(expression) == ""
