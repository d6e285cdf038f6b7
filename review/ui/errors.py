"""What a reviewer sees when something goes wrong: one sentence. The log file keeps the rest."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, ParamSpec, TypeVar

import streamlit as st

from review import disk
from review.errors import OutdatedError, ProtocolError, ReviewError
from review.ui.local_times import local_time
from review.ui.plain_text import plain

P = ParamSpec("P")
T = TypeVar("T")
Kind = Literal["done", "warning", "error"]

log = logging.getLogger("review.ui")

UNEXPECTED = (
    "Something unexpected happened and this step was not finished. What was stored before is "
    "safe. The details are in review.log in the folder data/local; load the page again to go on."
)
_TOLD = "_told"


def tell(text: str, kind: Kind = "done") -> None:
    """Leave a sentence for the next drawing of the page: a short notice, or one that stays."""
    st.session_state.setdefault(_TOLD, []).append((kind, text))


def show_told() -> None:
    """Draw what callbacks left to say; what stays is in sight however far one has scrolled."""
    told = st.session_state.pop(_TOLD, [])
    for _, text in [one for one in told if one[0] == "done"]:
        st.toast(plain(text), duration="short")
    with st.container(key="rt-told"):  # always, so that what is open below it stays open
        for kind, text in [one for one in told if one[0] != "done"]:
            (st.error if kind == "error" else st.warning)(plain(text))


def careful(function: Callable[P, T]) -> Callable[P, T | None]:
    """Wrap a callback: it runs before the page, where `shown_plainly` does not reach.

    An error of ours becomes its sentence, any other is logged and becomes one sentence.
    """

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T | None:
        try:
            return function(*args, **kwargs)
        except OutdatedError as error:
            tell(error.told(local_time), "error")
        except ReviewError as error:
            tell(str(error), "error")
        except OSError as error:
            log.exception("file or disk")
            tell(disk.sentence(error), "error")
        except Exception:
            log.exception("a step failed")
            tell(UNEXPECTED, "error")
        return None

    return wrapped


@contextmanager
def shown_plainly() -> Iterator[None]:
    """Draw errors of the block as sentences; a traceback never reaches the screen."""
    try:
        yield
    except ProtocolError as error:
        log.warning("protocol not usable: %s", error)
        count = len(error.mistakes)
        st.error(
            f"The protocol files hold {count} mistake{'s' if count != 1 else ''}. "
            "Correct them and load the page again; nothing of the review is lost meanwhile."
        )
        for mistake in error.mistakes:
            st.markdown(f"- {plain(str(mistake))}")
    except ReviewError as error:
        log.info("shown to the reviewer: %s", error)
        st.error(plain(str(error)))
    except OSError as error:
        log.exception("file or disk")
        st.error(plain(disk.sentence(error)))
    except Exception:
        log.exception("a page failed")
        st.error(UNEXPECTED)
