"""Text messages in development: nothing is sent, and whoever sends sees what would have been."""

import secrets

from server.ports.channels import Carriage, Receipt


class ConsoleTexts:
    async def send(self, to: str, text: str, *, tag: str = "") -> Receipt:
        del to
        return Receipt(reference=tag or secrets.token_hex(8), shown=text)

    async def carriage(self, reference: str) -> Carriage:
        del reference
        return Carriage.DELIVERED
