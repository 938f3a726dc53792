"""Sending an email through the operator's mail server (DOORSTEP_SMTP).

By the standard library, in a thread: for a few messages an hour a worker needs no further library, which would have to
be kept up to date.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime
from typing import Final
from urllib.parse import unquote, urlsplit

from backend import clock, settings

SECONDS: Final = 20
_PORTS: Final = {"smtp": 587, "smtps": 465}


class MailRefused(Exception):
    """The mail server did not take a message; its words say why, without naming anybody."""


def can_mail() -> bool:
    """Whether the operator has set up a mail server."""
    return settings.current().smtp is not None


async def send_mail(to: str, subject: str, text: str, message_id: str, stop: str) -> None:
    """Send one email. Raises MailRefused. `message_id` is the same if it is sent again; `stop` unsubscribes."""
    message = EmailMessage(policy=SMTP_POLICY)
    sender = settings.current().mail_from or "doorstep@localhost"
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(clock.now())
    message["Message-ID"] = f"<{message_id}@{urlsplit(settings.current().base_url).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{stop}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    message.set_content(text)
    await _with_server(lambda server: server.send_message(message))


async def check_mail() -> None:
    """Greet the mail server and sign in to it, and send nothing. Raises MailRefused."""
    await _with_server(lambda server: server.noop())


async def _with_server(work: Callable[[smtplib.SMTP], object]) -> None:
    try:
        await asyncio.to_thread(_use, work)
    except smtplib.SMTPResponseException as error:
        raise MailRefused(f"the mail server answered {error.smtp_code}") from error
    except (smtplib.SMTPException, OSError) as error:
        raise MailRefused(f"the mail server could not be used ({type(error).__name__})") from error


def _use(work: Callable[[smtplib.SMTP], object]) -> None:
    address = settings.current().smtp
    if address is None:
        raise smtplib.SMTPException("no mail server is set up")
    parts = urlsplit(address)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    context = ssl.create_default_context()
    with _opened(parts.scheme, host, port, context) as server:
        if parts.scheme == "smtp":
            _encrypt(server, host, context)
        if parts.username:
            server.login(unquote(parts.username), unquote(parts.password or ""))
        work(server)


def _opened(scheme: str, host: str, port: int, context: ssl.SSLContext) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    return smtplib.SMTP(host, port, timeout=SECONDS)


def _encrypt(server: smtplib.SMTP, host: str, context: ssl.SSLContext) -> None:
    """STARTTLS; a mail server that does not offer it is used on this machine alone."""
    server.ehlo()
    if server.has_extn("starttls") or host not in ("localhost", "127.0.0.1", "::1"):
        server.starttls(context=context)
        server.ehlo()
