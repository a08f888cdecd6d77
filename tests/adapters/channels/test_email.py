"""E-mail over a real socket to a small SMTP server, and what is said when it is not taken."""

from email import message_from_string

import pytest

from server.adapters.channels.email import MailServer, SmtpMail
from server.ports.channels import Carriage, Mail, NotSent
from tests.adapters.channels.maildrop import drop
from tests.fakes import FakeClock
from tests.house import free_port

MAIL = Mail(to="desk@northshire.example", subject="Brief, Call 8F6E", text="https://earshot.example/crew#x\n")


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
