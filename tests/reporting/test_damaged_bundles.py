"""A bundle that is damaged, changed or hostile is named, and nothing of it gets in."""

from __future__ import annotations

import json
import re
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from review.errors import FileError, StoreError
from review.reporting.bundle import archive, service
from tests.bundles import FIRST_FORMAT, Change, changed, other_vote


def refused(path: Path, folder: Path, words: str) -> None:
    """It is named and refused, by both commands, and nothing of it stays."""
    folder.mkdir(exist_ok=True)
    with pytest.raises(FileError, match=words) as told:
        service.restore(path, folder=folder / "new")
    assert path.name in str(told.value) and "Nothing was changed" in str(told.value)
    assert list(folder.iterdir()) == []


def one_event_less(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    lines = content["log/events.jsonl"].splitlines(keepends=True)
    content["log/events.jsonl"] = b"".join(lines[:-1])


def event_twice(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    content["log/events.jsonl"] += content["log/events.jsonl"].splitlines(keepends=True)[-1]


def stray_file(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    content["attachments/secret_key"] = b"known to whoever sent this"


def no_rows(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    content["records/records.jsonl"] = b'{"n": 1}\n'


def not_json(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    content["log/events.jsonl"] = b"drop table event;\n"


def nested(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    content["log/events.jsonl"] = b"[" * 200_000 + b"\n"


def unknown_event(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    first = content["log/events.jsonl"].splitlines()[0]
    row = json.loads(first) | {"seq": 10_000, "id": "E999999999", "kind": "from_the_future"}
    content["log/events.jsonl"] += json.dumps(row).encode() + b"\n"


def newer_format(_content: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["format_version"] = archive.FORMAT_VERSION + 1


def newer_tables(_content: dict[str, bytes], manifest: dict[str, Any]) -> None:
    manifest["tables_revision"] = "9999"


def no_protocol(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    del content["data/protocol.yaml"]


def broken_protocol(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    content["data/protocol.yaml"] = b"title: [\n"


def no_log(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
    del content["log/events.jsonl"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (other_vote, "not all in it is what follows from its log"),
        (event_twice, "a row of event stands twice"),
        (stray_file, "lies where no file of a review does"),
        (one_event_less, "not as long"),
        (no_rows, "not those of a review"),
        (not_json, "not those of a review"),
        (nested, "not those of a review"),
        (unknown_event, "from_the_future"),
        (newer_format, "format 2"),
        (newer_tables, "9999"),
        (no_protocol, "protocol"),
        (broken_protocol, "protocol"),
        (no_log, "log/events.jsonl"),
    ],
    ids=lambda value: value.__name__ if callable(value) else "",
)
def test_a_file_that_was_tampered_with_is_refused(
    good: Path, tmp_path: Path, change: Change, words: str
) -> None:
    refused(changed(good, tmp_path, change), tmp_path / "into", words)


def test_a_check_names_what_only_people_read(good: Path, tmp_path: Path) -> None:
    """All checksums are right in each; a review can be made of them, so they are no error there."""

    def title(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
        rows = content["records/records.jsonl"]
        content["records/records.jsonl"] = rows.replace(b'"title": "', b'"title": "Other ', 1)

    def decision(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
        table = content["tables/votes.csv"]
        content["tables/votes.csv"] = table.replace(b",include,", b",exclude,", 1)

    def picture(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
        drawn = content["figures/flow.svg"].decode()
        content["figures/flow.svg"] = re.sub(r"n\s=\s\d+", "n = 77", drawn, count=1).encode()

    def fewer(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
        del content["tables/votes.csv"], content["figures/flow.json"]

    expected = {
        title: ["tables/reports.csv, row 1, title"], decision: ["tables/votes.csv, row 1, vote"],
        picture: ["figures/flow.svg"], fewer: ["figures/flow.json", "tables/votes.csv"],
    }  # fmt: skip
    for change, named in expected.items():
        events, found = service.check(changed(good, tmp_path, change))
        assert events and len(found) == len(named), found
        assert all(line.startswith(words) for line, words in zip(found, named, strict=True)), found
    assert service.check(good)[1] == [] and service.check(FIRST_FORMAT)[1] == []


def test_one_changed_byte_is_named(good: Path, tmp_path: Path) -> None:
    def other(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
        content["tables/reports.csv"] = content["tables/reports.csv"].replace(
            b"P000001", b"P000007"
        )

    refused(changed(good, tmp_path, other, sums=False), tmp_path / "into", "reports.csv.*checksum")


def test_a_file_more_or_less_than_the_manifest_names(good: Path, tmp_path: Path) -> None:
    def more(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
        content["data/forms/evil.yaml"] = b"x"

    def fewer(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
        del content["figures/gaps.json"]

    refused(changed(good, tmp_path, more, sums=False), tmp_path / "into", "evil.yaml")
    refused(changed(good, tmp_path, fewer, sums=False), tmp_path / "into", "gaps.json.*missing")


@pytest.mark.parametrize(
    "name",
    ["../evil.txt", "/etc/evil", "data/../../evil", "C:/evil", "data\\..\\evil", "data/nul.txt",
     "data//evil", "data/./evil", "data/evil\n", "data/evil."],
)  # fmt: skip
def test_no_path_leads_out_of_the_folder(good: Path, tmp_path: Path, name: str) -> None:
    def add_it(content: dict[str, bytes], _manifest: dict[str, Any]) -> None:
        content[name] = b"evil"

    refused(changed(good, tmp_path, add_it), tmp_path / "into", "no path inside a folder")


def rewritten(good: Path, tmp_path: Path, add_to: Callable[[zipfile.ZipFile], None]) -> Path:
    path = tmp_path / "odd.zip"
    path.write_bytes(good.read_bytes())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        add_to(file)
    return path


def test_links_bombs_and_twins_are_refused(good: Path, tmp_path: Path) -> None:
    def link(file: zipfile.ZipFile) -> None:
        info = zipfile.ZipInfo("data/link.yaml")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(info, "/etc/passwd")

    def bomb(file: zipfile.ZipFile) -> None:
        file.writestr("data/bomb.yaml", bytes(60_000_000))

    def many_bombs(file: zipfile.ZipFile) -> None:
        for n in range(12):
            file.writestr(f"data/bomb{n}.yaml", bytes(9_000_000))

    def twin(file: zipfile.ZipFile) -> None:
        file.writestr("Data/Protocol.yaml", "title: another")

    for add_to, words in (
        (link, "no plain file"), (bomb, "60,000,000"), (many_bombs, "unpack"), (twin, "twice"),
    ):  # fmt: skip
        refused(rewritten(good, tmp_path, add_to), tmp_path / "into", words)


@pytest.mark.parametrize("share", [0.02, 0.5, 0.9, 0.999])
def test_a_truncated_file_is_refused(good: Path, tmp_path: Path, share: float) -> None:
    path, data = tmp_path / "short.zip", good.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    refused(path, tmp_path / "into", "damaged")


def test_any_flipped_byte_is_noticed_or_harmless(good: Path, tmp_path: Path) -> None:
    data = good.read_bytes()
    path = tmp_path / "flipped.zip"
    with archive.reading(good) as found:
        content = {name: found.read(name) for name in found.paths}
    noticed = 0
    for at in range(40, len(data), len(data) // 25):
        path.write_bytes(data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1 :])
        try:
            with archive.reading(path) as found:
                assert {name: found.read(name) for name in found.paths} == content
        except FileError:
            noticed += 1
    assert noticed > 15


def test_another_archive_and_no_file_are_named(tmp_path: Path) -> None:
    path = tmp_path / "photos.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("photo.jpg", "x")
    refused(path, tmp_path / "into", "without the manifest")
    with pytest.raises(FileError, match="There is no file"):
        service.restore(tmp_path / "none.zip", folder=tmp_path / "new")


def test_a_database_that_cannot_be_written_leaves_no_folder(good: Path, tmp_path: Path) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    with pytest.raises(StoreError):
        service.restore(good, folder=tmp_path / "new", database=nowhere)
    assert not (tmp_path / "new").exists()
