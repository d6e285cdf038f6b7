"""Every request of the tracker goes through `Transport`.

It waits a bounded time, tries again what may pass, stops at once where asking again is useless, and
turns each answer into JSON or into an error a reviewer can act on. The rules follow the error table
of the OpenAlex API (https://help.openalex.org, read 2026-11).
"""

from __future__ import annotations

import json
import logging
import math
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from tenacity import RetryCallState, Retrying, retry_if_exception_type

from review.errors import (
    BudgetError,
    Cancelled,
    KeyNeededError,
    NetworkError,
    QueryRefused,
    ReviewError,
)

logger = logging.getLogger(__name__)

CONNECT_SECONDS, READ_SECONDS = 10.0, 30.0
KEY_PAGE = "https://openalex.org/settings/api"
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def never() -> bool:
    """The `cancelled` of work that nobody can cancel."""
    return False


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to keep trying, in seconds.

    Attributes:
        attempts: requests at most, the first one included.
        first: wait before the second attempt; it doubles each time, with jitter.
        longest: no single wait of our own choosing is longer.
        total: all waits together are not longer.
        obeyed: a ``Retry-After`` up to this is obeyed; a longer one ends the attempts.
    """

    attempts: int = 6
    first: float = 1.0
    longest: float = 30.0
    total: float = 150.0
    obeyed: float = 90.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A good answer: the JSON object of the body, and the headers by lower-case name."""

    body: Mapping[str, Any]
    headers: Mapping[str, str]


class _Passing(NetworkError):
    """A fault that may pass; never leaves this module."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class _Bearer(AuthBase):
    """Sends the key as a header, and keeps requests from looking for one in ``.netrc``."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class Transport:
    """GET with patience. Not for use by two threads at once: each makes its own.

    Args:
        key: API key, sent only as ``Authorization: Bearer``; no key, no header.
        patience: how long to keep trying.
        timeout: seconds to connect, and between two bytes of the answer.
        sleep: waits that many seconds (replaced in tests).
        now: present time, UTC (replaced in tests).
    """

    def __init__(
        self,
        key: str = "",
        *,
        patience: Patience | None = None,
        timeout: tuple[float, float] = (CONNECT_SECONDS, READ_SECONDS),
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._key = key
        self._auth = _Bearer(key)
        self._patience = patience or Patience()
        self._timeout = timeout
        self._sleep = sleep
        self._now = now
        self._session = requests.Session()
        self._session.headers.update({"User-Agent": "review-tracker", "Accept": "application/json"})

    def __enter__(self) -> Transport:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def get(self, url: str, cancelled: Callable[[], bool] = never) -> Answer | None:
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
            retry=retry_if_exception_type(_Passing),
            wait=self._wait,
            stop=self._out_of_patience,
            sleep=pause,
            reraise=True,
        )
        try:
            return retrying(self._once, url, cancelled)
        except _Passing as fault:
            tries = retrying.statistics.get("attempt_number", 1)
            raise NetworkError(
                f"{_host(url)} gave no usable answer in {tries} attempts; the last one: {fault} "
                "What was received before stays. Try again later."
            ) from fault

    def _once(self, url: str, cancelled: Callable[[], bool]) -> Answer | None:
        _stop_if(cancelled)
        host = _host(url)
        logger.debug("GET %s", url)
        # Environment proxies are for the world outside, not for a server on this machine.
        self._session.trust_env = urlsplit(url).hostname not in _LOOPBACK
        try:
            response = self._session.get(url, auth=self._auth, timeout=self._timeout)
        except requests.exceptions.SSLError as error:
            raise NetworkError(
                f"The certificate of {host} cannot be checked. Look at the clock, the proxy and "
                "OPENALEX_URL."
            ) from error
        except requests.Timeout as error:
            raise _Passing(f"{host} did not answer in time.") from error
        except (
            requests.ConnectionError,
            requests.exceptions.ChunkedEncodingError,
            requests.exceptions.ContentDecodingError,
        ) as error:
            raise _Passing(f"The connection to {host} failed or broke off.") from error
        except requests.RequestException as error:
            raise NetworkError(
                f"{host} cannot be asked ({type(error).__name__}). Check OPENALEX_URL."
            ) from error
        return self._judge(response, host)

    def _judge(self, response: requests.Response, host: str) -> Answer | None:
        """Sort one HTTP answer into: answer, nothing there, may pass, final."""
        status, body = response.status_code, _json_object(response)
        if status == 200:
            if body is None:
                raise _Passing(f"{host} sent a page that is not a whole JSON answer.")
            return Answer(body, {name.lower(): value for name, value in response.headers.items()})
        if status == 404:
            return None
        said = self._said(body or {})
        if status == 429 or (status == 403 and body):
            raise self._limit(response.headers, body or {}, said, host)
        if status == 401:
            raise self._key_error(host, said)
        if status in (400, 405, 414):
            raise QueryRefused(
                f"{host} refuses the query: {said or f'HTTP {status}.'} "
                "Change the search or its filters."
            )
        if status == 408 or status >= 500:
            hint = "A search text it cannot parse can cause this too." if status == 500 else ""
            raise _Passing(
                _line(f"HTTP {status}.", said, hint),
                _seconds(response.headers.get("Retry-After"), self._now()),
            )
        raise NetworkError(_line(f"{host} answered HTTP {status}.", said, "Try again later."))

    def _limit(
        self, headers: Mapping[str, str], body: Mapping[str, Any], said: str, host: str
    ) -> ReviewError:
        """Tell apart the kinds of 429: paid plan needed, budget spent, too fast."""
        if "plan upgrade" in str(body.get("error", "")).lower():
            return QueryRefused(
                _line(
                    f"{host} wants a paid plan for this query.",
                    said,
                    "Leave out filters on created or updated dates.",
                )
            )
        wait = _seconds(headers.get("Retry-After"), self._now())
        if wait is None:
            wait = _number(body.get("retryAfter"))
        left = _number(headers.get("X-RateLimit-Remaining"))
        needed = _number(headers.get("X-RateLimit-Credits-Required"))
        spent = "insufficient budget" in said.lower() or (
            left is not None and needed is not None and left < needed
        )
        if spent or (wait or 0.0) > self._patience.obeyed:
            reset = wait if wait is not None else _number(headers.get("X-RateLimit-Reset"))
            return self._budget_error(host, reset)
        return _Passing(_line("HTTP 429, too many requests.", said), wait)

    def _budget_error(self, host: str, seconds: float | None) -> BudgetError:
        now = self._now().astimezone(UTC)
        midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
        # Budgets open anew at midnight UTC; a wait beyond two days is no answer to believe.
        believed = seconds is not None and 0 < seconds <= 2 * 86_400
        until = now + timedelta(seconds=seconds or 0.0) if believed else midnight
        until = (until + timedelta(seconds=30)).replace(second=0, microsecond=0)
        return BudgetError(
            f"The daily budget at {host} is spent until {until:%Y-%m-%d %H:%M} UTC. What was "
            f"received before stays; continue then, or use a key with more budget ({KEY_PAGE}).",
            until,
        )

    def _key_error(self, host: str, said: str) -> KeyNeededError:
        if self._key:
            return KeyNeededError(
                _line(
                    f"{host} does not accept the key in OPENALEX_API_KEY.",
                    said,
                    f"Check it at {KEY_PAGE}.",
                )
            )
        get_one = f"Get a free one at {KEY_PAGE} and set OPENALEX_API_KEY."
        return KeyNeededError(_line(f"{host} asks for a key.", said, get_one))

    def _said(self, body: Mapping[str, Any]) -> str:
        """The source's own words, one line, without the key."""
        text = next((body[k] for k in ("message", "error") if isinstance(body.get(k), str)), "")
        if self._key:
            text = text.replace(self._key, "[key]")
        text = " ".join(text.split())[:400]
        return text if not text or text[-1] in ".!?" else f"{text}."

    def _wait(self, state: RetryCallState) -> float:
        """Seconds before the next attempt: what the source asks, else doubling with jitter."""
        asked = _retry_after(state)
        if asked is not None:
            return asked
        wait = min(self._patience.first * 2.0 ** (state.attempt_number - 1), self._patience.longest)
        return wait * random.uniform(0.75, 1.0)

    def _out_of_patience(self, state: RetryCallState) -> bool:
        patience = self._patience
        return (
            state.attempt_number >= patience.attempts
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


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("The search was cancelled. What was received before stays.")


def _line(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def _host(url: str) -> str:
    return urlsplit(url).hostname or url


def _json_object(response: requests.Response) -> Mapping[str, Any] | None:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _retry_after(state: RetryCallState) -> float | None:
    fault = state.outcome.exception() if state.outcome else None
    return fault.retry_after if isinstance(fault, _Passing) else None


def _number(value: object) -> float | None:
    try:
        number = float(str(value))
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _seconds(value: str | None, now: datetime) -> float | None:
    """Seconds meant by a ``Retry-After`` header: a number or a date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    number = _number(value)
    if number is not None:
        return max(number, 0.0)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - now).total_seconds(), 0.0)
