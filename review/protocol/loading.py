"""Loads the protocol of a review and reports every mistake of both files at once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from review.errors import Mistake, ProtocolError
from review.protocol.checks import check_codebook, check_protocol, known_values
from review.protocol.codebook import Codebook
from review.protocol.model import Protocol, QueryRules
from review.protocol.validation import validate
from review.protocol.value_types import CODEBOOK, SOURCES
from review.protocol.yaml_reading import YamlSource, read_yaml

PROTOCOL_FILE = "protocol.yaml"
CODEBOOK_FILE = "codebook.yaml"

_OF_ITS_OWN = {"codebook", "version", "files"}


def load(data: Path, sources: Mapping[str, type[QueryRules]] | None = None) -> Protocol:
    """Read ``data/protocol.yaml`` and ``data/codebook.yaml``.

    Args:
        data: the folder.
        sources: name -> what the source says of searches; without them these are not checked.

    Raises:
        ProtocolError: with every mistake found in the two files, each with file, line and key.
    """
    codebook_source, mistakes = read_yaml(data / CODEBOOK_FILE)
    protocol_source, more = read_yaml(data / PROTOCOL_FILE)
    mistakes = [*more, *mistakes]
    codebook: Codebook | None = None
    body: Protocol | None = None
    context: dict[str, Any] = {}
    if codebook_source.data is not None:
        context = {CODEBOOK: known_values(codebook_source.data)}
        codebook, found = validate(Codebook, codebook_source, codebook_source.data, context)
        mistakes += [*found, *check_codebook(codebook_source)]
    if protocol_source.data is not None:
        mistakes += _forbidden(protocol_source)
        content = _with_own(protocol_source, codebook, codebook_source)
        context |= {} if sources is None else {SOURCES: sources}
        body, found = validate(Protocol, protocol_source, content, context)
        mistakes += [*found, *check_protocol(protocol_source)]
    if mistakes or codebook is None or body is None:
        raise ProtocolError(_in_order(mistakes))
    return body


def content_version(protocol: Any, codebook: Any) -> str:
    """Return the version of a protocol: 12 hex digits that change with its content only.

    Comments, line breaks and the order of keys do not matter; the order of lists does.
    """
    content = json.dumps(
        [protocol, codebook], sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str
    )
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _with_own(source: YamlSource, codebook: Codebook | None, other: YamlSource) -> Any:
    """Add to the file's content what the model holds beyond it."""
    if not isinstance(source.data, dict):
        return source.data
    return {
        **source.data,
        "codebook": codebook or Codebook(dimensions=()),
        "version": content_version(source.data, other.data),
        "files": {source.name: source.text, other.name: other.text},
    }


def _forbidden(source: YamlSource) -> Iterator[Mistake]:
    """Report keys that the model has and the file may not set."""
    if isinstance(source.data, dict):
        for key in sorted(_OF_ITS_OWN & set(source.data)):
            yield source.mistake((key,), "unknown key: this is worked out, not written")


def _in_order(mistakes: list[Mistake]) -> list[Mistake]:
    """Sort by file and line, without repeats."""
    return sorted(dict.fromkeys(mistakes), key=lambda m: (m.file, m.line or 0, m.key, m.message))
