"""Settings from the environment: where the review, its data and its key are."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from review.errors import ConfigError

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class FileLimits:
    """How large a file of references, and what is in it, may be; more is refused with a sentence.

    Attributes:
        file_mb: the file (``REVIEW_MAX_FILE_MB``).
        entries: rows of a table, entries of RIS and of PubMed's format (``REVIEW_MAX_ENTRIES``).
        unpacked_mb: what a workbook unpacks to (``REVIEW_MAX_UNPACKED_MB``).
        json_mb: a file of JSON, which is read as a whole (``REVIEW_MAX_JSON_MB``).
        line_kb: one line of a format that goes by lines (``REVIEW_MAX_LINE_KB``).
        entry_kb: one entry of BibTeX or XML (``REVIEW_MAX_ENTRY_KB``).
        cell_kb: one cell of a table (``REVIEW_MAX_CELL_KB``).
        strings_kb: all that abbreviations of BibTeX put in (``REVIEW_MAX_STRINGS_KB``).
        columns: of a table (``REVIEW_MAX_COLUMNS``).
        depth: levels of JSON inside each other (``REVIEW_MAX_DEPTH``).
    """

    file_mb: int = 500
    entries: int = 300_000
    unpacked_mb: int = 100
    json_mb: int = 100
    line_kb: int = 8_000
    entry_kb: int = 4_000
    cell_kb: int = 1_000
    strings_kb: int = 20_000
    columns: int = 2_000
    depth: int = 60


def file_limits(env: Mapping[str, str] | None = None) -> FileLimits:
    """The limits of files, as the environment sets them.

    Raises:
        ConfigError: one of them is no whole number from 0 up.
    """
    env = os.environ if env is None else env
    usual = FileLimits()
    names = [one.name for one in fields(FileLimits)]
    return FileLimits(
        **{
            name: whole_number(env, f"REVIEW_MAX_{name.upper()}", getattr(usual, name))
            for name in names
        }
    )


@dataclass(frozen=True, slots=True)
class Config:
    """Where things are.

    Attributes:
        data: folder of protocol, codebook and library (``REVIEW_DATA``).
        db: SQLAlchemy URL of the review (``REVIEW_DB``).
        openalex_url: host of OpenAlex (``OPENALEX_URL``).
        openalex_key: key for OpenAlex, empty when there is none (``OPENALEX_API_KEY``, else the
            secrets of the server, else the file that `save_key` writes); kept out of ``repr``,
            so that it reaches no log.
        backups_kept: copies of the review that are kept of those made unasked
            (``REVIEW_BACKUPS``, 0 for none).
    """

    data: Path
    db: str
    openalex_url: str = "https://api.openalex.org"
    openalex_key: str = field(default="", repr=False)
    backups_kept: int = 7

    @property
    def library(self) -> Path:
        """Folder of the papers that ship with the review."""
        return self.data / "library"

    @property
    def local(self) -> Path:
        """Folder of what this machine alone holds: database, exports, logs."""
        return self.data / "local"

    @property
    def backups(self) -> Path:
        """Folder of the copies of the review."""
        return self.local / "backups"


def from_environment(
    env: Mapping[str, str] | None = None,
    db: str | None = None,
    secrets: Mapping[str, str] | None = None,
) -> Config:
    """Read the settings.

    Args:
        env: environment to read, `os.environ` when None.
        db: database URL that goes before ``REVIEW_DB``.
        secrets: settings the server keeps apart, read where the environment has none.

    Raises:
        ConfigError: the data folder does not exist, or the database URL names another system.
    """
    env = os.environ if env is None else env
    data = Path(env.get("REVIEW_DATA") or ROOT / "data").expanduser().resolve()
    if not data.is_dir():
        raise ConfigError(
            f"REVIEW_DATA: there is no folder {data}. Name the folder that holds protocol.yaml."
        )
    url = db or env.get("REVIEW_DB") or f"sqlite:///{(data / 'local' / 'review.db').as_posix()}"
    return Config(
        data=data,
        db=database_url(url),
        openalex_url=(env.get("OPENALEX_URL") or "https://api.openalex.org").rstrip("/"),
        openalex_key=_key(env, secrets or {}, data / "local"),
        backups_kept=whole_number(env, "REVIEW_BACKUPS", 7),
    )


def whole_number(env: Mapping[str, str], name: str, usual: int) -> int:
    """A setting that is a whole number from 0 up.

    Raises:
        ConfigError: it is none.
    """
    given = env.get(name, "").strip().replace("_", "")
    if not given:
        return usual
    if not (given.isascii() and given.isdigit()):
        raise ConfigError(f"{name}: '{given}' is no whole number from 0 up.")
    return int(given)


def key_file(local: Path) -> Path:
    """Where a key entered by hand is kept, on this machine only."""
    return local / "openalex.key"


def save_key(local: Path, key: str) -> None:
    """Keep a key in a file that only its owner can read; an empty one is forgotten.

    Raises:
        ConfigError: the key holds characters that no key has, or the file cannot be written.
    """
    key = key.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise ConfigError("The key holds characters that no key has. Copy it again.")
    path = key_file(local)
    try:
        path.unlink(missing_ok=True)
        if key:
            local.mkdir(parents=True, exist_ok=True)
            # Made readable by its owner alone before anything stands in it.
            with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(key + "\n")
    except OSError as error:
        raise ConfigError(f"The key cannot be kept in {path}: {error.strerror}.") from error


def _key(env: Mapping[str, str], secrets: Mapping[str, str], local: Path) -> str:
    told = env.get("OPENALEX_API_KEY") or secrets.get("OPENALEX_API_KEY") or ""
    if told.strip():
        return str(told).strip()
    try:
        return key_file(local).read_text(encoding="ascii").strip()
    except (OSError, ValueError):
        return ""


def database_url(text: str) -> str:
    """Accept a file path, ``sqlite:///…``, ``postgresql://…``; return an SQLAlchemy URL.

    Raises:
        ConfigError: the text names another database system.
    """
    text = text.strip()
    for plain in ("postgresql://", "postgres://"):
        if text.startswith(plain):
            return "postgresql+psycopg://" + text.removeprefix(plain)
    if text.startswith(("postgresql+psycopg://", "sqlite://")):
        return text
    if "://" in text:
        scheme = text.split("://", 1)[0]
        raise ConfigError(
            f"REVIEW_DB: '{scheme}' is not a database this tool supports. "
            "Use sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME."
        )
    return f"sqlite:///{Path(text).expanduser().resolve().as_posix()}"
