"""E-mail by the force's own server: plain text, over TLS, one message to one person."""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from typing import Literal

from server.ports.channels import Carriage, Mail, NotSent, Receipt
from server.ports.clock import Clock

Security = Literal["starttls", "tls", "none"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    host: str
    port: int
    security: Security = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str
    timeout_s: float = 10.0


@dataclass(frozen=True, slots=True)
class SmtpMail:
    server: MailServer
    clock: Clock
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context

    async def send(self, mail: Mail) -> Receipt:
        """The server's own acceptance is all that SMTP promises: it is `TAKEN`, whatever comes later."""
        message = self._message(mail)
        try:
            await asyncio.to_thread(self._post, message)
        except smtplib.SMTPRecipientsRefused:
            raise NotSent("the mail server refused the address") from None
        except smtplib.SMTPAuthenticationError:
            raise NotSent("the mail server refused our name and password") from None
        except smtplib.SMTPException as error:
            raise NotSent(f"the mail server did not take it ({type(error).__name__})") from None
        except OSError as error:
            raise NotSent(f"the mail server cannot be reached ({type(error).__name__})") from None
        return Receipt(reference=str(message["Message-ID"]), carriage=Carriage.TAKEN)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self.server.sender
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = format_datetime(self.clock.now())
        message["Message-ID"] = make_msgid(domain=self.server.sender.rpartition("@")[2] or "earshot")
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message

    def _post(self, message: EmailMessage) -> None:
        server = self.server
        if server.security == "tls":
            with smtplib.SMTP_SSL(
                server.host, server.port, timeout=server.timeout_s, context=self.context()
            ) as smtp:
                self._hand_over(smtp, message)
            return
        with smtplib.SMTP(server.host, server.port, timeout=server.timeout_s) as smtp:
            if server.security == "starttls":
                smtp.starttls(context=self.context())
            self._hand_over(smtp, message)

    def _hand_over(self, smtp: smtplib.SMTP, message: EmailMessage) -> None:
        if self.server.user:
            smtp.login(self.server.user, self.server.password)
        smtp.send_message(message)
