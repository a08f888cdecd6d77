"""E-mail over a real socket to a small SMTP server, and what is said when it is not taken."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_string

import pytest

from server.adapters.channels.email import MailServer, SmtpMail
from server.ports.channels import Carriage, Mail, NotSent
from tests.fakes import FakeClock
from tests.house import free_port

MAIL = Mail(to="desk@northshire.example", subject="Brief, Call 8F6E", text="https://earshot.example/crew#x\n")


ANSWERS = {"DATA": b"354 go on\r\n", "QUIT": b"221 bye\r\n"}


@dataclass
class MailDrop:
    """Speaks enough SMTP to take a message, or to refuse whoever it is for."""

    refuses: bytes = b""
    commands: list[str] = field(default_factory=list)
    taken: list[str] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 drop\r\n")
        while line := (await reader.readline()).decode().strip():
            self.commands.append(line)
            verb = line.split()[0].upper()
            if verb == "RCPT" and self.refuses:
                writer.write(self.refuses)
                continue
            writer.write(ANSWERS.get(verb, b"250 fine\r\n"))
            if verb == "DATA":
                body = await reader.readuntil(b"\r\n.\r\n")
                self.taken.append(body.decode())
                writer.write(b"250 taken\r\n")
            if verb == "QUIT":
                break
        writer.close()


@asynccontextmanager
async def drop(refuses: bytes = b"") -> AsyncIterator[tuple[MailDrop, SmtpMail]]:
    taking = MailDrop(refuses=refuses)
    server = await asyncio.start_server(taking.talk, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        sender = "earshot@northshire.example"
        yield (
            taking,
            SmtpMail(MailServer(host="127.0.0.1", port=port, security="none", sender=sender), FakeClock()),
        )


async def test_a_message_goes_out_and_its_receipt_names_it() -> None:
    async with drop() as (taking, mail):
        receipt = await mail.send(MAIL)
    (body,) = taking.taken
    message = message_from_string(body)
    assert receipt.carriage is Carriage.TAKEN
    assert message["Message-ID"] == receipt.reference
    assert (message["To"], message["Subject"]) == (MAIL.to, MAIL.subject)
    assert "https://earshot.example/crew#x" in body


async def test_an_address_that_the_server_refuses_is_not_sent_to_and_not_repeated() -> None:
    async with drop(refuses=b"550 nobody here\r\n") as (_, mail):
        with pytest.raises(NotSent, match="refused the address") as refused:
            await mail.send(MAIL)
    assert MAIL.to not in str(refused.value)


async def test_a_server_that_is_away_is_said_in_one_sentence() -> None:
    away = MailServer(
        host="127.0.0.1", port=free_port(), security="none", sender="earshot@northshire.example"
    )
    with pytest.raises(NotSent, match="cannot be reached"):
        await SmtpMail(away, FakeClock()).send(MAIL)


async def test_without_tls_nothing_is_sent_where_tls_is_asked_for() -> None:
    async with drop() as (taking, mail):
        strict = SmtpMail(
            MailServer(
                host="127.0.0.1", port=mail.server.port, security="starttls", sender=mail.server.sender
            ),
            FakeClock(),
        )
        with pytest.raises(NotSent, match="did not take it"):
            await strict.send(MAIL)
    assert taking.taken == []
