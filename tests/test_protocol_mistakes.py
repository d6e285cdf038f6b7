"""Mistakes in protocol and codebook: each is told with its file, line and key, all together."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from review.protocol.yaml_reading import parse_yaml
from tests.test_protocol import CODEBOOK, PROTOCOL, line_of, mistakes, write

BREAKAGES = [
    ("codebook", "key: t,", "key: tt,", "values[rct].key", "one character"),
    ("codebook", "key: s,", "key: r,", "values[survey].key", "without c and r"),
    ("codebook", "evidence: uncontrolled", "evidence: weak", "values[survey].evidence", "'weak'"),
    ("codebook", "    many: false\n", "    many: maybe\n", "study_design].many", "true or false"),
    ("codebook", "[outcomes]", "[study_design]", "aliases[1]", "given twice"),
    ("codebook", "VAS\\b", "VAS(", "triggers[2]", "regular expression"),
    ("codebook", "VAS\\b", "(VAS+)+$", "triggers[2]", "a repeat within a repeat"),
    ("codebook", "[pain intensity,", "[Pain intensity,", "triggers[1]", "small letters"),
    ("codebook", "label: Relief", "labell: Relief", "labell", "unknown key"),
    ("codebook", "key: 2,", "key: 1,", "values[pain_relief].key", "given twice"),
    ("codebook", "id: exposure", "id: outcome", "dimensions[outcome].id", "given twice"),
    ("protocol", "title: Kratom and pain", "title: 7", "title", "must be text"),
    ("protocol", '"7-hydroxymitragynine")', "7-OH)", "searches[core].query", "in quotes"),
    ("protocol", "{outcome: [pain]}", "{outcome: [pian]}", "searches[core].covers", "'pian'"),
    ("protocol", "    limits: none\n", "", "searches[core].limits", "is missing"),
    ("protocol", "kind: include", "kind: maybe", "criteria[1].kind", "'include' or 'exclude'"),
    ("protocol", "id: full_text_missing", "id: not_kratom", "reasons[not_kratom].id", "twice"),
    (
        "protocol",
        "    stages: [full_text]",
        "    stages: [later]",
        "stages[1]",
        "a stage is one of",
    ),
    ("protocol", "full_text, reviewers: 2", "full_text, reviewers: 0", "reviewers", "1 or more"),
    ("protocol", "text, reviewers: 2", "text, reviewers: 2, order: best", "order", "is one of"),
    ("protocol", "    outcome: [pain]\n", "    outcome: [pain, hope]\n", "outcome[2]", "'hope'"),
    ("protocol", "designs: [rct]", "designs: rct", "claims[C01].designs", "must be a list"),
    ("protocol", "designs: [rct]", "expects: up", "claims[C01].expects", "'better'"),
    ("protocol", "    outcome: [pain]\n    d", "    expects: better\n    d", "expects", "outcome"),
    ("protocol", "picture: Nothing seen.", "text: Again.", "claims[C01].text", "given twice"),
]


class TestMistakes:
    def test_six_mistakes_in_two_files_are_told_together(self, tmp_path: Path) -> None:
        codebook = CODEBOOK.replace("key: t,", "key: tt,").replace("VAS\\b", "VAS(")
        protocol = (
            PROTOCOL.replace("title: Kratom and pain", "titel: Kratom and pain")
            .replace('"7-hydroxymitragynine")', '"7-hydroxymitragynine)')
            .replace("designs: [rct]", "designs: [rct, magic]")
        )
        found = mistakes(write(tmp_path, protocol, codebook))
        assert [(m.file, m.line, m.key) for m in found] == [
            ("codebook.yaml", 7, "dimensions[study_design].values[rct].key"),
            ("codebook.yaml", 20, "dimensions[outcome].values[pain_intensity].triggers[2]"),
            ("protocol.yaml", 1, "titel"),
            ("protocol.yaml", 1, "title"),
            ("protocol.yaml", 7, "searches[core].query"),
            ("protocol.yaml", 31, "claims[C01].designs[2]"),
        ]
        assert "'magic'" in found[-1].message

    @pytest.mark.parametrize(("file", "old", "new", "key", "message"), BREAKAGES)
    def test_a_mistake_names_its_file_line_and_key(
        self, tmp_path: Path, file: str, old: str, new: str, key: str, message: str
    ) -> None:
        texts = {"protocol": PROTOCOL, "codebook": CODEBOOK}
        line = line_of(texts[file], old)
        texts[file] = texts[file].replace(old, new, 1)
        found = mistakes(write(tmp_path, **texts))
        told = [m for m in found if m.key.endswith(key)]
        assert told, found
        assert message in told[0].message
        assert told[0].file == f"{file}.yaml"
        if "missing" not in message:  # a key that is not there has the line of what lacks it
            assert told[0].line == line

    @settings(
        max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
    )
    @given(chosen=st.sets(st.sampled_from(range(len(BREAKAGES))), min_size=1, max_size=8))
    def test_however_many_there_are_none_hides_another(
        self, tmp_path: Path, chosen: set[int]
    ) -> None:
        texts = {"protocol": PROTOCOL, "codebook": CODEBOOK}
        expected = []
        for n in sorted(chosen):
            file, old, new, key, message = BREAKAGES[n]
            if old in texts[file]:
                texts[file] = texts[file].replace(old, new, 1)
                expected.append((f"{file}.yaml", key, message))
        found = mistakes(write(tmp_path, **texts))
        for file, key, message in expected:
            # A renamed dimension or entry changes the names before the last dot.
            last = key.rsplit(".", 1)[-1]
            assert any(m.file == file and last in m.key and message in m.message for m in found), (
                key,
                found,
            )

    def test_broken_yaml_in_both_files_is_told_with_lines(self, tmp_path: Path) -> None:
        folder = write(tmp_path, 'title: "open\n', "dimensions:\n  - id: [a\n")
        found = mistakes(folder)
        assert {m.file for m in found} == {"protocol.yaml", "codebook.yaml"}
        assert all(m.line and "not valid YAML" in m.message for m in found)

    def test_broken_yaml_in_one_file_does_not_hide_the_other(self, tmp_path: Path) -> None:
        found = mistakes(write(tmp_path, PROTOCOL.replace("key: 1,", "key: x,"), "a: [\n"))
        assert [m.file for m in found] == ["codebook.yaml", "protocol.yaml"]

    def test_missing_and_empty_files_are_told(self, tmp_path: Path) -> None:
        (tmp_path / "protocol.yaml").write_text("")
        found = mistakes(tmp_path)
        assert [(m.file, m.message.split(":")[0]) for m in found] == [
            ("codebook.yaml", "no such file"),
            ("protocol.yaml", "the file is empty"),
        ]

    def test_a_study_design_needs_its_kind_of_evidence(self, tmp_path: Path) -> None:
        codebook = CODEBOOK.replace(", evidence: uncontrolled", "")
        (found,) = mistakes(write(tmp_path, codebook=codebook))
        assert found.line == 8 and "evidence" in found.message

    def test_a_claim_to_test_must_say_what_bears_on_it(self, tmp_path: Path) -> None:
        (found,) = mistakes(write(tmp_path, PROTOCOL.replace("    outcome: [pain]\n", "")))
        assert found.key == "claims[C01]" and "bears on it" in found.message

    def test_each_stage_needs_a_rule(self, tmp_path: Path) -> None:
        text = PROTOCOL.replace("  - {stage: full_text, reviewers: 2}\n", "")
        (found,) = mistakes(write(tmp_path, text))
        assert found.key == "stages" and "full_text has no rule" in found.message

    def test_what_is_worked_out_may_not_be_written(self, tmp_path: Path) -> None:
        (found,) = mistakes(write(tmp_path, PROTOCOL + "version: mine\n"))
        assert found.key == "version" and "unknown key" in found.message


class TestReading:
    @settings(deadline=None)
    @given(
        st.recursive(
            st.integers() | st.text("abc xyz", min_size=1) | st.booleans() | st.none(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text("kqj", min_size=1), inner),
        )
    )
    def test_the_data_are_those_of_the_yaml_library(self, data: object) -> None:
        text = yaml.safe_dump(data)
        source, found = parse_yaml("x.yaml", text)
        assert source.data == yaml.safe_load(text)
        assert not found

    def test_a_key_given_twice_is_told_and_the_first_one_stands(self) -> None:
        source, found = parse_yaml("x.yaml", "a:\n  b: 1\n  c: 2\n  b: 3\n")
        assert source.data == {"a": {"b": 1, "c": 2}}
        assert [(m.line, m.key) for m in found] == [(4, "a.b")]
