"""The file of a bundle: a ZIP archive whose manifest names every file in it with its checksum.

Whoever sends such a file is not trusted: what is read is what the manifest names, in plain paths,
each once, of the size and the checksum it says, and no more than a disk holds.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import stat
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from review.errors import FileError
from review.progress import NOBODY, Watch

FORMAT = "review bundle"
FORMAT_VERSION = 1
"""Raised when a program that reads the format of before could not read a bundle any more."""

MANIFEST = "manifest.json"

MOST_FILES = 100_000
LARGEST_MANIFEST = 50_000_000
RATIO = 250
"""How many times its packed size a file may have; text of a review packs 5 to 40 times."""
SMALL = 10_000_000
"""Bytes up to which a file may pack better than `RATIO`: an empty line often repeated."""
ALONE_FREE = 100_000_000
"""Bytes that stay free on the disk on which a bundle is unpacked."""
LEVEL = 4
"""Of compression: close to the smallest file in half of the time."""
BLOCK = 1 << 20

_PART = re.compile(r"[^\x00-\x1f\x7f<>:\"|?*\\/]{1,200}")
_WINDOWS = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")


def is_plain(path: str) -> bool:
    """Whether a path leads into a folder on every system, and neither out of it nor elsewhere."""
    parts = path.split("/")
    return len(path) <= 500 and all(
        _PART.fullmatch(part)
        and part not in (".", "..")
        and not part.endswith((".", " "))
        and not _WINDOWS.fullmatch(part)
        for part in parts
    )


@dataclass(slots=True)
class Writer:
    """A bundle that is being written.

    Attributes:
        folder: for what is made on the disk first, gone in the end.
        files: path -> bytes and SHA-256 of what is in it so far.
    """

    file: zipfile.ZipFile
    folder: Path
    watch: Watch = NOBODY
    files: dict[str, dict[str, Any]] = field(default_factory=dict)

    def add(self, path: str, parts: Iterable[str | bytes]) -> None:
        """Write one file, part by part.

        Raises:
            FileError: its path is no plain one, or is taken.
            Cancelled: on request.
        """
        if not is_plain(path) or path in self.files or path == MANIFEST:
            raise FileError(f"A file cannot be called “{path:.100}” in a bundle.")
        digest, size, packed = hashlib.sha256(), 0, bytearray()
        with self.file.open(_info(path), "w", force_zip64=True) as out:
            for part in parts:
                packed += part.encode("utf-8") if isinstance(part, str) else part
                if len(packed) >= BLOCK:
                    digest.update(packed)
                    size += out.write(packed)
                    packed.clear()
                    self.watch.stop_if_cancelled("The bundle was stopped; no file was written.")
            digest.update(packed)
            size += out.write(packed)
        self.files[path] = {"path": path, "bytes": size, "sha256": digest.hexdigest()}

    def add_json(self, path: str, value: object) -> None:
        """Write one JSON document."""
        self.add(path, [document(value)])

    def add_file(self, path: str, file: Path) -> None:
        """Write a file of the disk."""
        with file.open("rb") as found:
            self.add(path, iter(lambda: found.read(BLOCK), b""))

    def finish(self, told: Mapping[str, Any]) -> None:
        """Write the manifest, which is the last."""
        head = {"format": FORMAT, "format_version": FORMAT_VERSION, **told}
        self.file.writestr(_info(MANIFEST), document(head | {"files": list(self.files.values())}))


def document(value: object) -> str:
    """A value as JSON for people and programs to read."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str) + "\n"


def _info(path: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path)  # of one fixed date: the same review gives the same bytes
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (stat.S_IFREG | 0o600) << 16
    return info


@contextmanager
def writing(path: Path, watch: Watch = NOBODY) -> Iterator[Writer]:
    """A new bundle at a path; the caller sees that the file appears whole or not at all."""
    with (
        tempfile.TemporaryDirectory(prefix="review-bundle-") as folder,
        zipfile.ZipFile(
            path, "w", zipfile.ZIP_DEFLATED, allowZip64=True, compresslevel=LEVEL
        ) as file,
    ):
        yield Writer(file, Path(folder), watch)


@dataclass(frozen=True, slots=True)
class Archive:
    """A bundle whose every file is there and has its checksum.

    Attributes:
        name: of the file, for sentences.
        manifest: what the bundle says of itself.
        paths: of the files in it, but the manifest, in order.
    """

    name: str
    file: zipfile.ZipFile
    manifest: Mapping[str, Any]
    paths: tuple[str, ...]

    def read(self, path: str) -> bytes:
        """One file, as a whole.

        Raises:
            FileError: there is none.
        """
        with self.open(path) as found:
            return found.read()

    def open(self, path: str) -> IO[bytes]:
        """One file, to be read part by part.

        Raises:
            FileError: there is none.
        """
        if path not in self.paths:
            raise self.refused(f"it holds no {path}")
        return self.file.open(path)

    def json(self, path: str) -> Any:
        """One JSON document.

        Raises:
            FileError: it is none.
        """
        try:
            return json.loads(self.read(path))
        except (ValueError, RecursionError) as error:
            raise self.refused(f"{path} is no JSON: {error}") from error

    def under(self, folder: str) -> Iterator[str]:
        """The paths of the files in a folder."""
        return (path for path in self.paths if path.startswith(f"{folder}/"))

    def unpack(self, folder: str, into: Path, wanted: Callable[[str], bool]) -> None:
        """Write those files of one folder to the disk that are wanted, by their whole path."""
        for path in filter(wanted, self.under(folder)):
            target = into / path.removeprefix(f"{folder}/")
            target.parent.mkdir(parents=True, exist_ok=True)
            with self.file.open(path) as found, target.open("xb") as out:
                shutil.copyfileobj(found, out, BLOCK)

    def refused(self, why: str) -> FileError:
        """The error of a bundle that is not read, and why."""
        return refused(self.name, why)


def refused(name: str, why: str) -> FileError:
    """The error of a bundle that is not read, and why."""
    return FileError(
        f"{name} cannot be used as a bundle: {why}. Nothing was changed. Take the file as it was "
        "written, or another one."
    )


def is_archive(path: Path) -> bool:
    """Whether a file begins as a ZIP archive does, or is called as one is."""
    try:
        with path.open("rb") as file:
            return file.read(2) == b"PK" or path.suffix.lower() == ".zip"
    except OSError:
        return False


@contextmanager
def reading(path: Path, watch: Watch = NOBODY) -> Iterator[Archive]:
    """A bundle, once all that is in it has been looked through.

    Raises:
        FileError: it is no bundle, damaged, changed since it was written, of a newer format, or
            made to do harm.
        Cancelled: on request.
    """
    if not path.is_file():
        raise FileError(f"There is no file {path}. Name one that `bundle` has written.")
    try:
        with zipfile.ZipFile(path) as file:
            infos = _infos(path, file)
            manifest = _manifest(path, file, infos)
            archive = Archive(path.name, file, manifest, tuple(p for p in infos if p != MANIFEST))
            _compare(archive, infos, watch.step("MB of the bundle read"))
            yield archive
    except _DAMAGE as error:
        raise refused(path.name, f"it is damaged ({str(error)[:200]})") from error


_DAMAGE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)
"""What the readers of the format raise of bytes that are not as they were written."""


def _infos(path: Path, file: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The entries of an archive by path; refused where one could do harm."""
    found: dict[str, zipfile.ZipInfo] = {}
    folded: set[str] = set()
    entries = file.infolist()
    if len(entries) > MOST_FILES:
        raise refused(path.name, f"it holds more than {MOST_FILES:,} files")
    for info in entries:
        name, kind = info.filename, stat.S_IFMT(info.external_attr >> 16)
        shown = ascii(name)[:100]
        if not is_plain(info.orig_filename):
            raise refused(path.name, f"{shown} is no path inside a folder")
        if name.casefold() in folded:
            raise refused(path.name, f"{shown} is in it twice")
        if kind not in (0, stat.S_IFREG):
            raise refused(path.name, f"{shown} is no plain file")
        if info.flag_bits & 0x1:
            raise refused(path.name, f"{shown} is encrypted")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused(path.name, f"{shown} is packed in a way that bundles are not")
        if info.file_size > max(SMALL, RATIO * info.compress_size):
            raise refused(path.name, f"{shown} would unpack to {info.file_size:,} bytes")
        folded.add(name.casefold())
        found[name] = info
    total = sum(info.file_size for info in entries)
    if total > max(SMALL, RATIO * path.stat().st_size):
        raise refused(path.name, f"it would unpack to {total:,} bytes")
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if 3 * total > free - ALONE_FREE:
        raise FileError(
            f"{path.name} would unpack to {total:,} bytes, and a review made of it needs three "
            f"times as much; {free:,} are free in {tempfile.gettempdir()}. Nothing was changed. "
            "Free some space, then try again."
        )
    return found


def _manifest(
    path: Path, file: zipfile.ZipFile, infos: Mapping[str, zipfile.ZipInfo]
) -> dict[str, Any]:
    info = infos.get(MANIFEST)
    if info is None:
        raise refused(path.name, "it is an archive without the manifest of a bundle")
    if info.file_size > LARGEST_MANIFEST:
        raise refused(path.name, f"its manifest has {info.file_size:,} bytes")
    try:
        manifest = json.loads(file.read(info))
    except (ValueError, RecursionError) as error:
        raise refused(path.name, f"its manifest is no JSON: {str(error)[:100]}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise refused(path.name, "its manifest is not that of a bundle")
    version = manifest.get("format_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise refused(path.name, "its manifest does not tell its format")
    if version > FORMAT_VERSION:
        raise refused(
            path.name,
            f"it is of format {version}, and this program reads up to {FORMAT_VERSION}; a newer "
            "version of the program wrote it",
        )
    return manifest


def _compare(archive: Archive, infos: Mapping[str, zipfile.ZipInfo], watch: Watch) -> None:
    """See that the files are those of the manifest, with the sizes and the checksums it names."""
    told = _told(archive)
    if missing := sorted(told.keys() - set(archive.paths)):
        raise archive.refused(f"{ascii(missing[0])} is missing")
    if extra := sorted(set(archive.paths) - told.keys()):
        raise archive.refused(f"{ascii(extra[0])} is in it, and its manifest does not name it")
    total, done = sum(infos[path].file_size for path in told), 0
    for path, (size, checksum) in told.items():
        if infos[path].file_size != size:
            raise archive.refused(f"{ascii(path)} has not the size that the manifest names")
        digest = hashlib.sha256()
        with archive.file.open(path) as found:
            while block := found.read(BLOCK):
                digest.update(block)
                done += len(block)
                watch.stop_if_cancelled()
                watch.at(done // 1_000_000, total // 1_000_000)
        if digest.hexdigest() != checksum:
            raise archive.refused(f"{ascii(path)} has been changed: its checksum is another")


def _told(archive: Archive) -> dict[str, tuple[int, str]]:
    """What the manifest says of each file: its size and its checksum."""
    found: dict[str, tuple[int, str]] = {}
    files = archive.manifest.get("files")
    for one in files if isinstance(files, list) else ():
        if not (
            isinstance(one, dict)
            and isinstance(one.get("path"), str)
            and isinstance(one.get("bytes"), int)
            and isinstance(one.get("sha256"), str)
            and one["path"] not in found
        ):
            raise archive.refused("its manifest does not name its files as a manifest does")
        found[one["path"]] = (one["bytes"], one["sha256"])
    return found
