"""A mail channel that keeps what it was given."""

from dataclasses import dataclass, field

from server.ports.channels import Carriage, Mail, NotSent, Receipt


@dataclass
class Letterbox:
    refuses: str = ""
    sent: list[Mail] = field(default_factory=list)

    async def send(self, mail: Mail) -> Receipt:
        if self.refuses:
            raise NotSent(self.refuses)
        self.sent.append(mail)
        return Receipt(reference="<1@earshot>", carriage=Carriage.TAKEN)
