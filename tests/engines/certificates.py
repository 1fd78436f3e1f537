"""An authority of one's own, and what it certifies: a server on 127.0.0.1, and a client."""

import datetime
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Any, NamedTuple

from tests.engines.programs import need_module

_DAY = datetime.timedelta(days=1)


class Identity(NamedTuple):
    """A certificate and its key, in files."""

    certificate: Path
    key: Path


class Authority:
    """Certifies for a day; its files are in ``folder``."""

    def __init__(self, folder: Path) -> None:
        need_module("cryptography")
        self._folder = folder
        self._key, self._certificate = None, None
        self._key, self._certificate = self._made("authority", {})
        self.file = folder / "authority.pem"

    def certify(self, name: str, address: str = "127.0.0.1") -> Identity:
        """A certificate for a server at ``address``, or for a client."""
        self._made(name, {"address": address})
        return Identity(self._folder / f"{name}.pem", self._folder / f"{name}.key")

    def server(self, identity: Identity, *, wants_certificate: bool) -> ssl.SSLContext:
        """How a server with that identity speaks, to everybody or only to those whom the authority knows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(identity.certificate, identity.key)
        if wants_certificate:
            context.load_verify_locations(self.file)
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def _made(self, name: str, subject: dict[str, str]) -> tuple[Any, Any]:
        """A key and a certificate of it, signed by itself for the authority."""
        from cryptography import x509
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec

        key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
        own_name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        builder = x509.CertificateBuilder(
            issuer_name=self._certificate.subject if self._certificate else own_name, subject_name=own_name,
            public_key=key.public_key(), serial_number=x509.random_serial_number(),
            not_valid_before=now - _DAY, not_valid_after=now + _DAY,
        ).add_extension(x509.BasicConstraints(ca=not subject, path_length=None), critical=True)
        if subject:
            address = x509.IPAddress(ip_address(subject["address"]))
            builder = builder.add_extension(x509.SubjectAlternativeName([address]), critical=False)
        builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        signer = (self._key or key).public_key()
        authority = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer)
        usage = x509.KeyUsage(
            digital_signature=True, content_commitment=False, key_encipherment=False, data_encipherment=False,
            key_agreement=False, key_cert_sign=not subject, crl_sign=not subject, encipher_only=False,
            decipher_only=False,
        )  # Python 3.13 asks for what RFC 5280 does
        builder = builder.add_extension(authority, critical=False).add_extension(usage, critical=True)
        certificate = builder.sign(self._key or key, hashes.SHA256())
        (self._folder / f"{name}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (self._folder / f"{name}.key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ))
        return key, certificate
