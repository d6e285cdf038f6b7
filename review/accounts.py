"""Accounts of an identity provider: who somebody is, and whether they may come in. Pure.

A person is an account, by its verified address or else by the provider's own word for it (the
subject). The name that goes with it is a label: several accounts may have the same.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from review.people import person_key, with_account

ALLOWED = "REVIEW_ALLOWED"
"""The setting that lists who may come in."""


def name_of(claims: Mapping[str, object]) -> str:
    """The name of an account: ``Ann Lee <ann@uni.example>``; "" when it says nothing of itself."""
    account = _address(claims) or _subject(claims)
    return with_account(str(claims.get("name") or ""), account) if account else ""


def may_enter(claims: Mapping[str, object], allowed: Collection[str]) -> bool:
    """Whether an account is on the list of those who may come in.

    Args:
        allowed: addresses (``ann@uni.example``), whole domains (``@uni.example``), or subjects. Of
            an address only what the provider has verified counts, and no subject passes for one.
    """
    address, subject = _address(claims), str(claims.get("sub") or "")
    known = {address, "@" + address.rpartition("@")[2]} if "@" in address else set()
    for entry in allowed:
        if person_key(entry) in known if "@" in entry else entry and entry == subject:
            return True
    return False


def listed(text: object) -> tuple[str, ...]:
    """The entries of a list of accounts, given as a list or as words with commas between."""
    words = text if isinstance(text, (list, tuple)) else re.split(r"[,;\s]+", str(text or ""))
    return tuple(entry for word in words if (entry := str(word).strip()))


def _address(claims: Mapping[str, object]) -> str:
    verified = str(claims.get("email_verified", "")).lower() == "true"
    return person_key(str(claims.get("email") or "")) if verified else ""


def _subject(claims: Mapping[str, object]) -> str:
    subject = str(claims.get("sub") or "").strip()
    issuer = str(claims.get("iss") or "").strip().rstrip("/")
    return f"{subject} at {issuer or 'the provider'}" if subject else ""
