"""Certificates for servers that tests start, and an authority of our own that vouches for them."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from server.adapters.clock import SystemClock


@dataclass(frozen=True, kw_only=True)
class Certified:
    """A key, and the certificate that says whose it is."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    def write(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        (folder / "fullchain.pem").write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        pem = self.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        (folder / "privkey.pem").write_bytes(pem)


def certified(name: str, *, by: Certified | None = None, address: str = "", until_day: int = 1) -> Certified:
    """`by` an authority; none: it vouches for itself, as an authority does. Valid from two days ago on."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = SystemClock().now()
    building = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(by.certificate.subject if by else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=2))
        .not_valid_after(now + timedelta(days=until_day))
        .add_extension(x509.BasicConstraints(ca=by is None, path_length=None), critical=True)
    )
    if address:
        alternative = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
        building = building.add_extension(alternative, critical=False)
    return Certified(key=key, certificate=building.sign(by.key if by else key, hashes.SHA256()))


def tls_of(folder: Path) -> ssl.SSLContext:
    """For a server whose key and certificate lie there."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "fullchain.pem", folder / "privkey.pem")
    return context


@asynccontextmanager
async def tls_before(port: int, folder: Path) -> AsyncIterator[int]:
    """A proxy, as a control room has one before its server: it takes TLS at the port that is given."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            from_server, to_server = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionError:
            writer.close()
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_pass_on(reader, to_server))
            tasks.create_task(_pass_on(from_server, writer))

    server = await asyncio.start_server(take, "127.0.0.1", 0, ssl=tls_of(folder))
    async with server:
        yield server.sockets[0].getsockname()[1]


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        pass  # the other way ends with it
    finally:
        writer.close()
