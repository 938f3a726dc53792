"""A mail server and a receiver of webhooks, real ones on this machine, and a certificate that the mail server shows."""

import os
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from ipaddress import IPv4Address, ip_address
from pathlib import Path
from typing import Any
from unittest.mock import patch

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.x509.oid import NameOID

from tests.console.listening import Quiet, listening
from tests.ports import kept_port


@dataclass
class MailServer:
    """Takes messages after STARTTLS and a login; `refuse`: what it answers instead."""

    address: str = ""
    refuse: str | None = None
    taken: list[EmailMessage] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refuse is not None:
            return self.refuse
        message = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(message, EmailMessage)
        self.taken.append(message)
        self.encrypted.append(session.ssl is not None)
        return "250 taken"


@contextmanager
def mail_server(folder: Path) -> Iterator[MailServer]:
    """A mail server for a block, whose certificate this process trusts meanwhile."""
    certificate, key = certificate_of(folder, ip_address("127.0.0.1"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    made = MailServer()
    with kept_port() as port:
        controller = Controller(
            made,
            hostname="127.0.0.1",
            port=port,
            tls_context=context,
            require_starttls=True,
            auth_required=True,
            authenticator=_check,
        )
        controller.start()
        made.address = f"smtp://doorstep:pass%20word@127.0.0.1:{port}"
        try:
            with patch.dict(os.environ, {"SSL_CERT_FILE": str(certificate)}):
                yield made
        finally:
            controller.stop()


def _check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (b"doorstep", b"pass word")
    return AuthResult(success=right, handled=False)


def certificate_of(folder: Path, name: str | IPv4Address) -> tuple[Path, Path]:
    """A certificate for a host, signed by itself, and its key."""
    shown = x509.DNSName(name) if isinstance(name, str) else x509.IPAddress(name)
    key = generate_private_key(SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([shown]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / "shown.pem", folder / "shown.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return certificate, private


@dataclass
class Receiver:
    """What webhooks were called with: headers and body. `status`: what it answers."""

    address: str
    status: int = 204
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks for a block."""

    class Handler(Quiet):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            made.calls.append((dict(self.headers.items()), body))
            self.send_response(made.status)
            if 300 <= made.status < 400:
                self.send_header("Location", made.address)
            self.send_header("Content-Length", "0")
            self.end_headers()

    with listening(Handler) as address:
        made = Receiver(f"{address}/hook?key=1")
        yield made
