"""A sign-in service that a test turns any way it likes: who signs in, with which key, and what the token says.

It holds the client to the rules: its redirect address, its secret, the proof key (RFC 7636), each code once.
"""

import hashlib
import json
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.console.listening import Quiet, listening

CLIENT: Final = "doorstep at wyeshire"
SECRET: Final = "s3cret:with/odd characters"


@dataclass
class Provider:
    """One service. `claims` go into every token over the usual ones; `keys`: the first one signs."""

    issuer: str
    now: datetime
    claims: dict[str, Any] = field(default_factory=dict)
    keys: list[RSAKey] = field(default_factory=lambda: [RSAKey.generate_key(2048, auto_kid=True)])
    algorithm: str = "RS256"
    description: dict[str, Any] = field(default_factory=dict)
    refuse: str | None = None
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)

    def described(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "end_session_endpoint": f"{self.issuer}/out",
            **self.description,
        }

    def sign_in(self, address: str, **claims: Any) -> str:
        """Somebody signs in at the address she was sent to: the address she is sent back to."""
        self.claims = claims
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        self.asked.append(query)
        assert query["client_id"] == CLIENT and query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256" and "openid" in query["scope"].split()
        code = f"code-{len(self.codes)}"
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        query = self.codes.pop(form.get("code", ""), None)
        name, _, secret = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
        if (unquote(name), unquote(secret)) != (CLIENT, SECRET):
            return 401, {"error": "invalid_client"}
        challenge = urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            query is None
            or self.refuse
            or form["redirect_uri"] != query["redirect_uri"]
            or challenge.decode().rstrip("=") != query["code_challenge"]
        ):
            return 400, {"error": self.refuse or "invalid_grant"}
        return 200, {"access_token": "access", "token_type": "Bearer", "id_token": self.id_token(query)}

    def id_token(self, query: dict[str, str]) -> str:
        at = int(self.now.timestamp())
        usual = {"iss": self.issuer, "aud": CLIENT, "iat": at, "exp": at + 300, "nonce": query["nonce"]}
        claims = {name: value for name, value in {**usual, **self.claims}.items() if value is not None}
        header = {"alg": self.algorithm, "kid": self.keys[0].kid}
        if self.algorithm == "none":
            parts = (json.dumps(part).encode() for part in ({"alg": "none"}, claims))
            return ".".join([*(urlsafe_b64encode(part).decode().rstrip("=") for part in parts), ""])
        key = OctKey.import_key(SECRET) if self.algorithm == "HS256" else self.keys[0]
        return jwt.encode(header, claims, key, algorithms=[self.algorithm])


@contextmanager
def provider(now: datetime) -> Iterator[Provider]:
    """A service for a block, on a port of this machine."""

    class Handler(Quiet):
        def do_GET(self) -> None:
            if self.path.endswith("/.well-known/openid-configuration"):
                self.answer(200, made.described())
            elif self.path == "/keys":
                self.answer(200, {"keys": [key.as_dict(private=False) for key in made.keys]})
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(*made.token(form, self.headers.get("Authorization", "")))

        def answer(self, status: int, members: dict[str, Any]) -> None:
            body = json.dumps(members).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with listening(Handler) as address:
        made = Provider(address, now)
        yield made
