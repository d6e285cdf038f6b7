"""Each kind of answer becomes what a reviewer can act on."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import requests

from review.errors import BudgetError, KeyNeededError, NetworkError, QueryRefused, ReviewError
from review.sources.response_errors import Passing, ResponseClassifier

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
PACE = {"error": "Rate limit exceeded", "message": "Limit is 10 requests per second."}
BUDGET = {"error": "Rate limit exceeded", "message": "Insufficient budget. Buy more."}


def answer(
    status: int, body: object = None, headers: dict[str, str] | None = None, key: str = "k3y"
) -> object:
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers or {})
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return ResponseClassifier(key).sort(response, content, "api.example", NOW)


@pytest.mark.parametrize(
    ("status", "body", "headers", "error"),
    [
        (200, b"<!doctype html>", {}, Passing),
        (200, b'{"meta": {"cou', {}, Passing),
        (200, b"[1, 2]", {}, Passing),
        (200, b"\xff\xfe", {}, Passing),
        (200, b"[" * 100_000, {}, Passing),
        (400, {"error": "Pagination error.", "message": "Bad cursor"}, {}, QueryRefused),
        (400, b"<html>", {}, QueryRefused),
        (401, {"error": "Invalid or missing API key", "message": "Not found"}, {}, KeyNeededError),
        (401, b"<html>", {}, KeyNeededError),
        (403, {"error": "Plan upgrade required", "message": "No"}, {}, QueryRefused),
        (403, b"<html>", {}, NetworkError),
        (408, b"", {}, Passing),
        (418, b"", {}, NetworkError),
        (429, {"error": "Plan upgrade required", "message": "No"}, {}, QueryRefused),
        (429, PACE, {"Retry-After": "1"}, Passing),
        (429, PACE, {}, Passing),
        (429, b"<html>", {}, Passing),
        (429, PACE, {"Retry-After": "7200"}, BudgetError),
        (429, PACE | {"retryAfter": 7200}, {}, BudgetError),
        (429, BUDGET, {}, BudgetError),
        (
            429,
            PACE,
            {"X-RateLimit-Remaining": "9", "X-RateLimit-Credits-Required": "10"},
            BudgetError,
        ),
        (500, b"<html>", {}, Passing),
        (504, {"error": "Gateway timeout"}, {}, Passing),
        (524, b"", {}, Passing),
    ],
)
def test_kinds_of_answers(
    status: int, body: object, headers: dict[str, str], error: type[ReviewError]
) -> None:
    with pytest.raises(error) as raised:
        answer(status, body, headers)
    assert type(raised.value) is error
    assert str(raised.value).endswith((".", ")."))
    assert "  " not in str(raised.value)


def test_nothing_there_is_no_error() -> None:
    assert answer(404, b"<!doctype html><h1>Not Found</h1>") is None


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"Retry-After": "43200"}, datetime(2026, 11, 23, tzinfo=UTC)),
        ({"Retry-After": "43199.2"}, datetime(2026, 11, 23, tzinfo=UTC)),
        ({"X-RateLimit-Reset": "3600"}, datetime(2026, 11, 22, 13, 0, tzinfo=UTC)),
        ({"Retry-After": "Sun, 22 Nov 2026 18:00:00 GMT"}, datetime(2026, 11, 22, 18, tzinfo=UTC)),
        ({"Retry-After": "99999999"}, datetime(2026, 11, 23, tzinfo=UTC)),
        ({"Retry-After": "soon"}, datetime(2026, 11, 23, tzinfo=UTC)),
        ({}, datetime(2026, 11, 23, tzinfo=UTC)),
    ],
)
def test_a_spent_budget_says_until_when(headers: dict[str, str], until: datetime) -> None:
    with pytest.raises(BudgetError, match=f"until {until:%Y-%m-%d %H:%M} UTC") as spent:
        answer(429, BUDGET, headers)
    assert spent.value.until == until


def test_the_wait_the_source_asks_for_is_kept() -> None:
    for value, seconds in (("60", 60.0), ("Sun, 22 Nov 2026 12:01:00 GMT", 60.0), ("-5", 0.0)):
        with pytest.raises(Passing) as raised:
            answer(503, {"error": "Paused"}, {"Retry-After": value})
        assert raised.value.retry_after == seconds


def test_a_key_that_the_source_repeats_is_not_repeated() -> None:
    with pytest.raises(KeyNeededError) as raised:
        answer(401, {"error": "x", "message": "API key k3y not found"})
    assert "k3y" not in str(raised.value) and "[key]" in str(raised.value)
