"""Signing in, where the server's secrets name an identity provider (their section ``[auth]``)."""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from review import accounts
from review.ui import browser_behaviour
from review.ui.elements import plain
from review.ui.errors import careful

_NO_LIST = (
    "Nobody may come in yet: the settings do not say who may. Whoever runs this server sets "
    f"{accounts.ALLOWED} to the addresses or domains of the team, in the environment or in "
    "secrets.toml, such as ann@uni.example, @institute.example."
)


def is_set_up() -> bool:
    """Whether reviewers sign in on this server."""
    return st.secrets.load_if_toml_exists() and "auth" in st.secrets


def name() -> str:
    """Who has signed in and may be here, with their account; ``""`` for nobody."""
    claims = _claims()
    if not claims or not accounts.may_enter(claims, _allowed()):
        return ""
    return accounts.name_of(claims)


def gate() -> None:
    """End the page for everybody who has to sign in and has not, or is not of the team."""
    if not is_set_up() or name():
        return
    st.title("Review tracker", anchor=False)
    claims = _claims()
    if not claims:
        st.write("This review is open to its team only.")
        for provider in _providers():
            label = f"Sign in with {plain(provider)}" if provider else "Sign in"
            start = partial(_sign_in, provider)
            st.button(label, type="primary", key=f"sign-in-{provider}", on_click=start)
        st.stop()
    if not _allowed():
        st.write(_NO_LIST)
    else:
        who = plain(str(claims.get("email") or accounts.name_of(claims) or "This account"))
        unverified = "" if _is_verified(claims) else " Its address is not verified by the provider."
        st.write(
            f"{who} is not on the list of those who work on this review.{unverified} "
            "Ask whoever runs this server to add it, or sign in with another account."
        )
    st.button("Sign out", on_click=st.logout, key="sign-out")
    st.stop()


def warn_if_open() -> None:
    """Say on every page, where others reach this server without signing in, what that means."""
    if is_set_up():
        return
    url = urlsplit(browser_behaviour.said(st.context.url)).hostname
    if is_this_machine(st.get_option("server.address")) and (not url or is_this_machine(url)):
        return
    st.warning(
        "Anyone who reaches this server may write here under any name: sign-in is not set up.",
        icon=":material/lock_open:",
    )


def is_this_machine(host: object) -> bool:
    """Whether a host is this very machine; no host at all stands for all of them."""
    try:
        return host == "localhost" or ipaddress.ip_address(str(host)).is_loopback
    except ValueError:
        return False


@careful
def _sign_in(provider: str) -> None:
    st.login(provider or None)


def _claims() -> Mapping[str, object]:
    """What the provider says of who has signed in; empty for nobody, and without a provider."""
    if not is_set_up() or not st.user.get("is_logged_in"):
        return {}
    return {str(key): value for key, value in st.user.to_dict().items()}


def _is_verified(claims: Mapping[str, object]) -> bool:
    return not claims.get("email") or str(claims.get("email_verified", "")).lower() == "true"


def _allowed() -> tuple[str, ...]:
    told: object = os.environ.get(accounts.ALLOWED, "")
    if not told and st.secrets.load_if_toml_exists():
        told = st.secrets.get(accounts.ALLOWED, "")
    return accounts.listed(told)


def _providers() -> list[str]:
    """Names of the providers; ``""`` for the one that stands in the section itself."""
    auth = st.secrets["auth"]
    named = [key for key in auth if isinstance(auth[key], Mapping)]
    return ["", *named] if "client_id" in auth or not named else named
