"""What an HTTP answer means: a result, nothing there, a fault that may pass, or a final refusal.

The rules follow the error table of the OpenAlex API (https://help.openalex.org, read 2026-11).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import requests

from review.errors import BudgetError, KeyNeededError, NetworkError, QueryRefused, ReviewError

KEY_PAGE = "https://openalex.org/settings/api"

# Seconds: who must wait longer after a 429 was not too fast but has spent the day's budget.
_BUDGET_WAIT = 300.0


@dataclass(frozen=True, slots=True)
class JsonResponse:
    """A good answer.

    Attributes:
        body: the JSON object.
        headers: by lower-case name.
        lost_usd: price of the answers before it that were charged and could not be read.
    """

    body: Mapping[str, Any]
    headers: Mapping[str, str]
    lost_usd: float = 0.0


class Passing(NetworkError):
    """A fault that may pass; never leaves the transport."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        self.retry_after = retry_after
        super().__init__(message)


class ResponseClassifier:
    """Sorts answers.

    Args:
        key: the key in use, to keep it out of messages.
    """

    def __init__(self, key: str) -> None:
        self._key = key

    def sort(
        self, response: requests.Response, content: bytes, host: str, now: datetime
    ) -> JsonResponse | None:
        """Return the answer, or None when there is no such thing (404).

        Args:
            response: status and headers.
            content: the body.
            host: what to call the source.
            now: present time, UTC.

        Raises:
            Passing: asking again may help.
            QueryRefused: the request is refused as it is, or wants a paid plan.
            KeyNeededError: a key is wanted, or the one given is refused.
            BudgetError: the budget of the day is spent.
            NetworkError: any other answer that is none.
        """
        status, body = response.status_code, _json_object(content)
        if status == 200:
            if body is None:
                raise Passing("it sent a web page, or half an answer, instead of data.")
            return JsonResponse(
                body, {name.lower(): value for name, value in response.headers.items()}
            )
        if status == 404:
            return None
        said = self._said(body or {})
        if status in (403, 429) and "plan upgrade" in str((body or {}).get("error", "")).lower():
            advice = "Leave out filters on created or updated dates."
            raise QueryRefused(_line(f"{host} wants a paid plan for this query.", said, advice))
        if status == 429:
            raise self._limit(response.headers, body or {}, said, host, now)
        if status == 401:
            raise self._key_error(host, said)
        if status in (400, 405, 414):
            raise QueryRefused(
                f"{host} refuses the query: {said or f'HTTP {status}.'} "
                "Change the search or its filters."
            )
        if status == 408 or status >= 500:
            hint = "A search text it cannot parse can cause this too." if status == 500 else ""
            raise Passing(
                _line(f"it had a fault of its own (HTTP {status}).", said, hint),
                _seconds(response.headers.get("Retry-After"), now),
            )
        raise NetworkError(_line(f"{host} answered HTTP {status}.", said, "Try again later."))

    def _limit(
        self,
        headers: Mapping[str, str],
        body: Mapping[str, Any],
        said: str,
        host: str,
        now: datetime,
    ) -> ReviewError:
        """Tell a spent budget from asking too fast."""
        wait = _seconds(headers.get("Retry-After"), now)
        if wait is None:
            wait = _number(body.get("retryAfter"))
        left = _number(headers.get("X-RateLimit-Remaining"))
        needed = _number(headers.get("X-RateLimit-Credits-Required"))
        spent = "insufficient budget" in said.lower() or (
            left is not None and needed is not None and left < needed
        )
        if spent or (wait or 0.0) > _BUDGET_WAIT:
            reset = wait if wait is not None else _number(headers.get("X-RateLimit-Reset"))
            return _budget_error(host, reset, now)
        return Passing(_line("it asked for fewer requests a second (HTTP 429).", said), wait)

    def _key_error(self, host: str, said: str) -> KeyNeededError:
        if self._key:
            return KeyNeededError(
                _line(
                    f"{host} does not accept the key it was given.",
                    said,
                    f"Check it at {KEY_PAGE}, then set it under Settings or as OPENALEX_API_KEY.",
                )
            )
        get_one = f"Get a free one at {KEY_PAGE} and set it under Settings or as OPENALEX_API_KEY."
        return KeyNeededError(_line(f"{host} asks for a key.", said, get_one))

    def _said(self, body: Mapping[str, Any]) -> str:
        """The source's own words, one line, without the key."""
        text = next((body[k] for k in ("message", "error") if isinstance(body.get(k), str)), "")
        if self._key:
            text = text.replace(self._key, "[key]")
        text = " ".join(text.split())[:400]
        return text if not text or text[-1] in ".!?" else f"{text}."


def _budget_error(host: str, seconds: float | None, now: datetime) -> BudgetError:
    now = now.astimezone(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    # Budgets open anew at midnight UTC; a wait beyond two days is no answer to believe.
    believed = seconds is not None and 0 < seconds <= 2 * 86_400
    until = now + timedelta(seconds=seconds or 0.0) if believed else midnight
    until = (until + timedelta(seconds=30)).replace(second=0, microsecond=0)
    return BudgetError(
        f"The daily budget at {host} is spent until {until:%Y-%m-%d %H:%M} UTC. Wait until then, "
        f"or use a key with more budget ({KEY_PAGE}).",
        until,
    )


def _line(*parts: str) -> str:
    return " ".join(part for part in parts if part)


def price(headers: Mapping[str, str]) -> float | None:
    """Price of an answer in US dollars, None when its headers do not tell."""
    return _number(headers.get("X-RateLimit-Cost-USD"))


def _json_object(content: bytes) -> Mapping[str, Any] | None:
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


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
