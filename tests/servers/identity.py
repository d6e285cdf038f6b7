"""A small OpenID provider on this machine: whoever asks is signed in as the account that is set."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey


class Provider:
    """Attributes:
    account: the claims of who signs in next.
    url: where it is; the issuer of its tokens.
    """

    def __init__(self) -> None:
        self.account: dict[str, Any] = {}
        self.url = ""
        self._key = RSAKey.generate_key(2048, {"kid": "1", "use": "sig"}, private=True)
        self._nonces: dict[str, tuple[str, str]] = {}

    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def keys(self) -> dict[str, Any]:
        return {"keys": [self._key.as_dict(private=False)]}

    def authorise(self, asked: dict[str, str]) -> str:
        """Where the browser goes on to, with a code."""
        code = f"code-{len(self._nonces)}"
        self._nonces[code] = (asked.get("nonce", ""), asked["client_id"])
        found = urlencode({"code": code, "state": asked["state"]})
        return f"{asked['redirect_uri']}?{found}"

    def token(self, asked: dict[str, str]) -> dict[str, Any]:
        nonce, client = self._nonces[asked["code"]]
        now = int(time.time())
        claims = {"iss": self.url, "aud": client, "iat": now, "exp": now + 600, **self.account}
        claims |= {"nonce": nonce} if nonce else {}
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self._key)
        return {"access_token": "made-up", "token_type": "Bearer", "id_token": signed}


@contextmanager
def provider() -> Iterator[Provider]:
    """One provider, for as long as the block lasts."""
    found = Provider()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            path = urlsplit(self.path)
            if path.path == "/authorize":
                asked = {k: v[0] for k, v in parse_qs(path.query).items()}
                self.send_response(302)
                self.send_header("Location", found.authorise(asked))
                self.end_headers()
            else:
                self._say(found.keys() if path.path == "/jwks" else found.metadata())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._say(found.token({k: v[0] for k, v in parse_qs(body).items()}))

        def _say(self, value: Any) -> None:
            text = json.dumps(value).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
