"""Who is who: one person may be written in several ways. Pure.

Names are compared without capitals, doubled blanks, invisible characters and differences of
Unicode form. A name that ends in an account, ``Ann Lee <ann@uni.example>``, is compared by the
account: what stands before it is a label, which may change and which two people may share.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

_ACCOUNT = re.compile(r"<([^<>]+)>\s*$")


@lru_cache(maxsize=4096)  # asked for every vote that is read
def person_key(name: str) -> str:
    """What is the same in all spellings of one person, and in those of no other; "" for nobody."""
    account = _ACCOUNT.search(name)
    text = f"<{account[1]}>" if account else name
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    return " ".join(seen.split())


def same_person(one: str, other: str) -> bool:
    """Whether two names are spellings of one person."""
    return person_key(one) == person_key(other)


def persons(names: Iterable[str]) -> set[str]:
    """The people behind some names, each by their key."""
    return {person_key(name) for name in names}


def with_account(label: str, account: str) -> str:
    """The name of somebody who signed in: a label, and the account that tells who it is."""
    label = " ".join(re.sub(r"[<>]", " ", label).split())
    account = " ".join(re.sub(r"[<>]", " ", account).split())
    return f"{label} <{account}>" if label else f"<{account}>"
