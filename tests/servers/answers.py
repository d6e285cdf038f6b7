"""What the pretended OpenAlex answers, without any wire: a request in, a reply out.

Statuses, bodies, headers and prices follow https://help.openalex.org as read in November 2026.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import Message
from operator import itemgetter
from typing import Any

from tests.servers.matching import (
    Refused,
    Test,
    Unparsable,
    Work,
    date_bounds,
    filter_tests,
    search_test,
    texts_of,
    words_of,
)

SEARCH_USD, LIST_USD = 0.001, 0.0001
SCOPES = {
    "search": "title_and_abstract",
    "search.exact": "title_and_abstract",
    "search.title": "title",
    "search.title.exact": "title",
    "search.title_and_abstract": "title_and_abstract",
    "search.title_and_abstract.exact": "title_and_abstract",
}
PARAMETERS = {
    "filter",
    "sort",
    "select",
    "page",
    "per_page",
    "cursor",
    "group_by",
    "api_key",
    "mailto",
    "search.semantic",
    *SCOPES,
}
SORTS = ("publication_date", "publication_year", "cited_by_count", "display_name")
PAID = ("from_created_date", "to_created_date", "created_date", "from_updated_date",
        "to_updated_date", "updated_date")  # fmt: skip
NOT_FOUND = b"<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"


@dataclass
class Reply:
    """One HTTP answer."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, status: int, content: Mapping[str, Any] | str, **headers: str) -> Reply:
        """A JSON answer, written down or not; header names have _ for -."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        text = content if isinstance(content, str) else json.dumps(content)
        return cls(status, text.encode(), named | {"Content-Type": "application/json"})

    @classmethod
    def html(cls, status: int, body: bytes = b"<html><h1>Error</h1></html>") -> Reply:
        """An HTML page."""
        return cls(status, body, {"Content-Type": "text/html; charset=utf-8"})


def refused(kind: str, message: str) -> Reply:
    """HTTP 400 with the server's two fields."""
    return Reply.of(400, {"error": kind, "message": message})


def budget_spent(seconds: float | None = None) -> Reply:
    """HTTP 429 of a spent budget; it opens anew at midnight UTC unless told otherwise."""
    wait = int(seconds_to_midnight() if seconds is None else seconds)
    body = {
        "error": "Rate limit exceeded",
        "message": "Insufficient budget. This request costs $0.001 but you have $0 left today.",
        "retryAfter": wait, "costUsd": 0.001, "dailyRemainingUsd": 0, "prepaidRemainingUsd": 0,
        "creditsRequired": 10, "creditsRemaining": 0,
    }  # fmt: skip
    return Reply.of(
        429,
        body,
        Retry_After=str(wait),
        X_RateLimit_Remaining="0",
        X_RateLimit_Credits_Required="10",
    )


def seconds_to_midnight() -> float:
    """Seconds until the next midnight UTC."""
    now = datetime.now(UTC)
    midnight = (now + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight - now).total_seconds()


@dataclass
class Api:
    """The pretended service.

    Attributes:
        works: what it holds.
        keys: keys it knows; every key is good when None.
        keyless_cursor: whether cursors work without a key.
        per_page_max: largest page.
        budget_usd: what is left of the day's budget.
        merged: id -> id it was merged into, or whole address, where it sends the client (301).
        served_as: the same where the server answers with the other work at once (200).
    """

    works: Sequence[Work]
    keys: Collection[str] | None = None
    keyless_cursor: bool = False
    per_page_max: int = 100
    budget_usd: float = 1.0
    merged: Mapping[str, str] = field(default_factory=dict)
    served_as: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._limit = self.budget_usd
        self._lock = threading.Lock()
        self._era = 0
        self.hold(self.works)

    def hold(self, works: Sequence[Work]) -> None:
        """Hold other works from now on; cursors given out stay good."""
        self.works = works
        self._texts = {work["id"]: texts_of(work) for work in works}
        self._found: dict[str, list[Work]] = {}
        self._written: dict[str, str] = {}

    def forget_cursors(self) -> None:
        """Refuse all cursors given out so far."""
        self._era += 1

    def answer(
        self, path: str, params: Mapping[str, str], headers: Mapping[str, str] | Message
    ) -> Reply:
        """Answer one GET."""
        params = {name.replace("-", "_"): value for name, value in params.items()}
        key = headers.get("Authorization", "").removeprefix("Bearer ") or params.get("api_key")
        if key is not None and (not key or (self.keys is not None and key not in self.keys)):
            error = {"error": "Invalid or missing API key", "message": "API key not found"}
            return Reply.of(401, error)
        if path == "/rate-limit":
            return Reply.of(200, {"rate_limit": {"daily_remaining_usd": self.budget_usd}})
        if path.startswith("/works/"):
            return self._single(path.removeprefix("/works/"))
        if path != "/works":
            return Reply.html(404, NOT_FOUND)
        if key is None and "cursor" in params and not self.keyless_cursor:
            message = "Cursor paging needs an API key."
            return Reply.of(401, {"error": "API key required", "message": message})
        try:
            return self._list(params)
        except Refused as error:
            return refused("Invalid query parameters error.", str(error))
        except Unparsable:
            return Reply.html(500)

    def _single(self, name: str) -> Reply:
        bare = name.removeprefix("https://openalex.org/")
        if bare != name or bare != bare.upper() and bare.upper().startswith("W"):
            return Reply(302, b"", {"Location": f"/works/{bare.upper()}"})
        if bare in self.merged:
            place = self.merged[bare]
            return Reply(301, b"", {"Location": place if "://" in place else f"/works/{place}"})
        bare = name = self.served_as.get(name, name)
        wanted = name.removeprefix("doi:").removeprefix("https://doi.org/").lower()
        for work in self.works:
            if (
                work["id"].endswith(f"/{bare}")
                or (work["doi"] or "") == f"https://doi.org/{wanted}"
                or (
                    name.startswith("pmid:")
                    and work["ids"].get("pmid", "").endswith(f"/{name[5:]}")
                )
            ):
                return self._priced(json.dumps(work), 0.0)
        return Reply.html(404, NOT_FOUND)

    def _list(self, params: Mapping[str, str]) -> Reply:
        if "limit" in params:
            return refused("Invalid request rejected at the API edge", "Use per_page, not limit.")
        unknown = set(params) - PARAMETERS
        if unknown:
            valid = ", ".join(sorted(PARAMETERS))
            raise Refused(f"{', '.join(unknown)} is not a valid parameter. Valid are: {valid}.")
        filters = params.get("filter", "")
        if any(part.split(":")[0] in PAID for part in filters.split(",")):
            message = "Filtering by created or updated date needs a paid plan."
            return Reply.of(429, {"error": "Plan upgrade required", "message": message})
        try:
            size, page = int(params.get("per_page", 25)), int(params.get("page", 1))
        except ValueError:
            return refused("Pagination error.", "per-page and page are numbers.")
        if not 1 <= size <= self.per_page_max:
            message = f"per-page parameter must be between 1 and {self.per_page_max}."
            return refused("Pagination error.", message)
        if page < 1 or page * size > 10_000 or ("page" in params and "cursor" in params):
            return refused("Pagination error.", "Maximum results size of 10,000. Use a cursor.")
        searching = any(name in params for name in SCOPES) or ".search:" in filters
        price = SEARCH_USD if searching else LIST_USD
        if price > self.budget_usd + 1e-9:
            return budget_spent()
        if "search.semantic" in params:
            return self._similar(params, size)
        found = self._search(params)
        if "group_by" in params:
            return self._grouped(params, found, price)
        sort = params.get("sort", "")
        start = (page - 1) * size
        if "cursor" in params:
            place = self._place(params["cursor"], sort, found)
            if place is None:
                return refused("Pagination error.", "Invalid cursor value")
            start = place
        rows = found[start : start + size]
        meta: dict[str, Any] = {
            "count": len(found), "db_response_time_ms": 12, "page": page, "per_page": size,
            "groups_count": None, "cost_usd": price,
            "x_query": {"oql": f"works where\n  it has {sorted(params)}", "oqo": {}, "url": "/"},
        }  # fmt: skip
        if "cursor" in params:
            full = len(rows) == size
            meta["page"] = None
            last = found[start + size - 1]["id"] if full else ""
            meta["next_cursor"] = _cursor(self._era, sort, last) if full else None
        works = ", ".join(self._text(work, params.get("select")) for work in rows)
        whole = f'{{"meta": {json.dumps(meta)}, "results": [{works}], "group_by": []}}'
        return self._priced(whole, price)

    def _similar(self, params: Mapping[str, str], size: int) -> Reply:
        """Works by the share of the words of a text that they have, 50 at most."""
        if "cursor" in params or any(name in params for name in SCOPES):
            raise Refused("search.semantic can be combined with no other search and no cursor.")
        text = params["search.semantic"]
        if len(text) > 1500:
            raise Refused("Search query too long")
        if SEARCH_USD > self.budget_usd + 1e-9:
            return budget_spent()
        words = set(words_of(text).split())
        like = {w["id"]: len(words & set(self._texts[w["id"]]["title_and_abstract"].split()))
                for w in self.works}  # fmt: skip
        found = sorted((w for w in self.works if like[w["id"]]), key=lambda w: -like[w["id"]])[:50]
        meta = {"count": len(found), "db_response_time_ms": 12, "page": 1, "per_page": size,
                "groups_count": None, "cost_usd": SEARCH_USD}  # fmt: skip
        whole = {"meta": meta, "results": found[:size], "group_by": []}
        return self._priced(json.dumps(whole), SEARCH_USD)

    def _text(self, work: Work, select: str | None) -> str:
        """A work as JSON; written once, so that a quick answer costs this machine little."""
        if select:
            return json.dumps(_selected(work, select))
        text = self._written.get(work["id"])
        if text is None:
            text = self._written[work["id"]] = json.dumps(work)
        return text

    def _grouped(self, params: Mapping[str, str], found: Sequence[Work], price: float) -> Reply:
        """Counts by a field, the largest first, at most 200."""
        name = params["group_by"]
        if name not in ("publication_year", "type", "language", "is_retracted"):
            raise Refused(f"{name} is not a valid group_by field.")
        counts = Counter(work[name] for work in found if work[name] is not None)
        groups = [
            {"key": str(key), "key_display_name": str(key), "count": n}
            for key, n in counts.most_common(200)
        ]
        meta = {
            "count": len(found), "db_response_time_ms": 12, "page": 1, "per_page": 200,
            "groups_count": len(groups), "cost_usd": price,
        }  # fmt: skip
        return self._priced(json.dumps({"meta": meta, "results": [], "group_by": groups}), price)

    def _search(self, params: Mapping[str, str]) -> list[Work]:
        """The works of a query in their order; slices of one query are cut from it."""
        asked = {n: params[n] for n in (*SCOPES, "filter", "sort") if n in params}
        name = repr(sorted(asked.items()))
        if name not in self._found:
            (first, last), filters = date_bounds(asked.get("filter", ""))
            if filters != asked.get("filter", ""):
                works = self._search({**asked, "filter": filters})
                found = [w for w in works if first <= w["publication_date"] <= last]
            else:
                found = self._looked_up(asked)
            self._found[name] = found
        return self._found[name]

    def _looked_up(self, asked: Mapping[str, str]) -> list[Work]:
        tests: list[tuple[str, Test]] = []
        for name, scope in SCOPES.items():
            if name in asked:
                text = asked[name]
                if len(text) > 1500:
                    raise Refused("Search query too long")
                if "|" in text:
                    raise Refused("Pipes are not allowed in a search. Use OR.")
                if not name.endswith(".exact") and ("*" in text or "?" in text):
                    raise Refused("Wildcards are only allowed in exact search.")
                tests.append((scope, search_test(text)))
        filters = filter_tests(asked.get("filter", ""))
        found = [
            work
            for work in self.works
            if all(test(self._texts[work["id"]][scope]) for scope, test in tests)
            and all(test(work, self._texts[work["id"]]) for test in filters)
        ]
        found.sort(key=lambda work: work["id"])
        for part in reversed((asked.get("sort") or "cited_by_count:desc").split(",")):
            name, _, direction = part.partition(":")
            if name not in SORTS or direction not in ("", "asc", "desc"):
                raise Refused(f"{part} is not a valid sort.")
            found.sort(key=itemgetter(name), reverse=direction == "desc")
        return found

    def _place(self, cursor: str, sort: str, found: Sequence[Work]) -> int | None:
        if cursor == "*":
            return 0
        try:
            era, made_for, last = json.loads(base64.b64decode(cursor, validate=True))
        except ValueError:
            return None
        if (era, made_for) != (self._era, sort):
            return None
        return next((i + 1 for i, work in enumerate(found) if work["id"] == last), None)

    def _priced(self, content: str, price: float) -> Reply:
        with self._lock:
            self.budget_usd = max(round(self.budget_usd - price, 6), 0.0)
        left = self.budget_usd
        return Reply.of(
            200,
            content,
            X_RateLimit_Limit_USD=f"{self._limit:g}",
            X_RateLimit_Remaining_USD=f"{left:g}",
            X_RateLimit_Prepaid_Remaining_USD="0",
            X_RateLimit_Cost_USD=f"{price:g}",
            X_RateLimit_Limit=f"{round(self._limit * 10_000)}",
            X_RateLimit_Remaining=f"{round(left * 10_000)}",
            X_RateLimit_Onetime_Remaining="0",
            X_RateLimit_Credits_Used=f"{round(price * 10_000)}",
            X_RateLimit_Reset=f"{seconds_to_midnight():.0f}",
        )


def _cursor(era: int, sort: str, last: str) -> str:
    return base64.b64encode(json.dumps([era, sort, last]).encode()).decode()


def _selected(work: Work, select: str | None) -> Work:
    if not select:
        return work
    names = select.split(",")
    for name in names:
        if name not in work:
            raise Refused(f"{name} is not a valid select field.")
    return {name: work[name] for name in names}
