"""A small SMTP server on a real socket: it takes messages, or refuses whoever they are for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from server.adapters.channels.email import MailServer, SmtpMail
from tests.fakes import FakeClock

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
