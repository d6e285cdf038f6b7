"""Every request of the tracker goes through `Transport`.

It waits a bounded time, tries again what may pass and stops at once where asking again is useless;
`review.sources.response_errors` says which is which.
"""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from tenacity import RetryCallState, Retrying, retry_if_exception_type
from urllib3.exceptions import HTTPError, NewConnectionError

from review.errors import Cancelled, NetworkError
from review.progress import not_cancelled
from review.sources.rate_limit import Pace
from review.sources.response_errors import JsonResponse, Passing, ResponseClassifier, price

logger = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0
_PIECE, _MOMENT = 1 << 16, 2.0
NOTICED_SECONDS = 0.7
"""Shorter waits are not told: the words would be gone before anyone has read them."""

OPENALEX_HOST = "api.openalex.org"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def unheard(words: str) -> None:
    """The `waiting` of work that nobody looks at."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to keep trying, in seconds.

    Attributes:
        attempts: requests at most, the first one included.
        first: wait before the second attempt; it doubles each time, with jitter.
        longest: no single wait of our own choosing is longer.
        total: all waits together are not longer.
        knocks: attempts at a host that was never reached; without a network more are idle.
        obeyed: a ``Retry-After`` up to this is obeyed; a longer one ends the attempts.
        body: an answer whose body takes longer is given up.
    """

    attempts: int = 6
    first: float = 1.0
    longest: float = 30.0
    total: float = 150.0
    knocks: int = 2
    obeyed: float = 90.0
    body: float = 120.0


class _Bearer(AuthBase):
    """Sends the key as a header, and keeps requests from looking for one in ``.netrc``."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class Unreachable(Passing):
    """No connection could be opened at all."""


class Transport:
    """GET with patience. Not for use by two threads at once: each makes its own.

    Args:
        key: API key, sent only as ``Authorization: Bearer``; no key, no header.
        patience: how long to keep trying.
        timeout: seconds to connect, and between two bytes of the answer.
        sleep: waits that many seconds (replaced in tests).
        now: present time, UTC (replaced in tests).
        pace: how fast to ask, together with all who share it; as it comes when None.

    Attributes:
        waiting: told in words before a wait that a person would notice, and why there is one.
    """

    def __init__(
        self,
        key: str = "",
        *,
        patience: Patience | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        pace: Pace | None = None,
    ) -> None:
        self._key = key
        self._pace = pace
        self._auth = _Bearer(key)
        self._classifier = ResponseClassifier(key)
        self._patience = patience or Patience()
        self._timeout = timeout
        self._sleep = sleep
        self._now = now
        self._reached = False
        self._lost = 0.0
        self.waiting: Callable[[str], None] = unheard
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": "review-tracker", "Accept": "application/json"})

    def __enter__(self) -> Transport:
        return self

    def __exit__(self, *raised: object) -> None:
        self.close()

    def sibling(self, pace: Pace | None = None) -> Transport:
        """Another transport with the same manners, for another thread.

        Args:
            pace: shared pace; this one's when None.
        """
        other = Transport(
            self._key,
            patience=self._patience,
            timeout=self._timeout,
            sleep=self._sleep,
            now=self._now,
            pace=pace or self._pace,
        )
        other.waiting = self.waiting
        return other

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, url: str, cancelled: Callable[[], bool] = not_cancelled) -> JsonResponse | None:
        """Ask for one address until there is an answer, an end to patience or a final refusal.

        Args:
            url: whole address, without a key.
            cancelled: looked at before each attempt and during waits.

        Returns:
            The answer, or None when the source says there is no such thing (404).

        Raises:
            Cancelled: `cancelled` became true.
            QueryRefused: the source refuses the request as it is (400, or a paid plan is needed).
            KeyNeededError: the source wants a key or refuses the one given (401).
            BudgetError: the budget of the day is spent.
            NetworkError: no usable answer within the patience.
        """

        def pause(seconds: float) -> None:
            self._pause(seconds, cancelled)

        retrying = Retrying(
            retry=retry_if_exception_type(Passing),
            wait=self._wait,
            stop=self._out_of_patience,
            before_sleep=self._tell_wait,
            sleep=pause,
            reraise=True,
        )
        self._lost = 0.0
        try:
            answer = retrying(self._once, url, cancelled)
        except Unreachable as fault:
            raise NetworkError(str(fault)) from fault
        except Passing as fault:
            tries = retrying.statistics.get("attempt_number", 1)
            raise NetworkError(
                f"{_host(url)} gave no usable answer in {tries} attempts; at the last one {fault} "
                "Try again later."
            ) from fault
        return answer and replace(answer, lost_usd=self._lost)

    def _once(self, url: str, cancelled: Callable[[], bool]) -> JsonResponse | None:
        _stop_if(cancelled)
        if self._pace is not None:
            self._pause(self._pace.reserve(), cancelled)
        host = _host(url)
        logger.debug("GET %s", url)
        # Environment proxies are for the world outside, not for a server on this machine.
        self._session.trust_env = urlsplit(url).hostname not in _LOOPBACK
        try:
            with self._session.get(
                url, auth=self._auth, timeout=self._timeout, stream=True
            ) as response:
                self._reached = True
                return self._answer(response, host, cancelled)
        except requests.exceptions.SSLError as error:
            raise NetworkError(
                f"The certificate of {host} cannot be checked. Look at the clock, the proxy and "
                "OPENALEX_URL."
            ) from error
        except requests.Timeout as error:
            raise Passing("it did not answer in time.") from error
        except requests.ConnectionError as error:
            if _never_opened(error):
                raise Unreachable(
                    f"{host} cannot be reached. Check the network, and OPENALEX_URL if you set it; "
                    "everything but searching works without."
                ) from error
            raise Passing("the connection broke off.") from error
        except (requests.RequestException, ValueError) as error:
            # Without what it says: it may quote the header that holds the key.
            raise NetworkError(
                f"{host} cannot be asked ({type(error).__name__}). Check OPENALEX_URL."
            ) from None

    def _answer(
        self, response: requests.Response, host: str, cancelled: Callable[[], bool]
    ) -> JsonResponse | None:
        """Read the body and judge it; what was charged for nothing is remembered."""
        try:
            content = self._body(response, cancelled)
            return self._classifier.sort(response, content, host, self._now())
        except Passing:
            self._lost += price(response.headers) or 0.0
            raise

    def _body(self, response: requests.Response, cancelled: Callable[[], bool]) -> bytes:
        """The whole body; a source that sends it drop by drop is not waited for.

        It is paid for, so who cancels waits for it a moment.
        """
        begun = time.monotonic()
        pieces: list[bytes] = []
        try:
            # What has come, not so many bytes: requests' own reading waits until a piece is full.
            while piece := response.raw.read1(_PIECE, decode_content=True):
                pieces.append(piece)
                if time.monotonic() - begun > _MOMENT:
                    _stop_if(cancelled)
                if time.monotonic() - begun > self._patience.body:
                    raise Passing("it did not send its whole answer in time.")
        except HTTPError as error:
            raise Passing("the connection broke off.") from error
        return b"".join(pieces)

    def _wait(self, state: RetryCallState) -> float:
        """Seconds before the next attempt: what the source asks, else doubling with jitter."""
        asked = _retry_after(state)
        if asked is not None:
            return asked
        wait = min(self._patience.first * 2.0 ** (state.attempt_number - 1), self._patience.longest)
        return wait * random.uniform(0.75, 1.0)

    def _tell_wait(self, state: RetryCallState) -> None:
        if state.upcoming_sleep < NOTICED_SECONDS:
            return
        fault = state.outcome.exception() if state.outcome else None
        self.waiting(
            f"Asking again in {state.upcoming_sleep:.0f} s, attempt {state.attempt_number + 1} of "
            f"{self._patience.attempts}: {fault}"
        )

    def _out_of_patience(self, state: RetryCallState) -> bool:
        patience = self._patience
        fault = state.outcome.exception() if state.outcome else None
        lost = isinstance(fault, Unreachable) and not self._reached
        return (
            state.attempt_number >= (patience.knocks if lost else patience.attempts)
            or state.idle_for + state.upcoming_sleep > patience.total
            or (_retry_after(state) or 0.0) > patience.obeyed
        )

    def _pause(self, seconds: float, cancelled: Callable[[], bool]) -> None:
        """Wait in short steps, so that a person who cancels is heard."""
        left = seconds
        while left > 0:
            _stop_if(cancelled)
            step = min(left, 0.25)
            self._sleep(step)
            left -= step


def _never_opened(error: requests.RequestException) -> bool:
    """Whether the fault lies before the first byte: no route, no such name, nobody listening."""
    reason = getattr(error.args[0], "reason", None) if error.args else None
    return isinstance(reason, NewConnectionError)


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("It was stopped on request.")


def _host(url: str) -> str:
    """The source in words; one that stands in for it is named."""
    host = urlsplit(url).hostname or url
    return "OpenAlex" if host == OPENALEX_HOST else f"OpenAlex at {host}"


def _retry_after(state: RetryCallState) -> float | None:
    fault = state.outcome.exception() if state.outcome else None
    return fault.retry_after if isinstance(fault, Passing) else None
