"""Certificates, keys and tokens of one sandbox: made once, all or none, and kept through restarts."""

from __future__ import annotations

import datetime
import ipaddress
import os
import secrets
import shutil
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.files import write_private

_VALID = datetime.timedelta(days=3650)
_USERS = {
    "admin": "system:masters",
    "system:kube-controller-manager": "",
    "system:kube-scheduler": "",
}


@dataclass(frozen=True, kw_only=True)
class Pki:
    """The files of one sandbox's pki folder, readable by their owner alone."""

    folder: Path

    @property
    def ca(self) -> Path:
        """Certificate of the authority that signed all the others; PEM."""
        return self.folder / "ca.crt"

    @property
    def ca_key(self) -> Path:
        """The authority's key; PEM."""
        return self.folder / "ca.key"

    @property
    def service_account_key(self) -> Path:
        """Key that signs service account tokens; PEM."""
        return self.folder / "service-account.key"

    @property
    def tokens(self) -> Path:
        """The API server's static token file: token, user, uid and groups in each line."""
        return self.folder / "tokens.csv"

    def certificate(self, name: str) -> Path:
        """Certificate `server` (on 127.0.0.1, for every server here) or `etcd-client` (the API server's for etcd)."""
        return self.folder / f"{name}.crt"

    def key(self, name: str) -> Path:
        """Key of that certificate; PEM."""
        return self.folder / f"{name}.key"

    def token(self, user: str) -> str:
        """The bearer token of one of the users. Raises ControlPlaneError if the file does not have it."""
        for line in self.tokens.read_text(encoding="utf-8").splitlines():
            fields = line.split(",")
            if len(fields) > 1 and fields[1] == user:
                return fields[0]
        raise _damaged(self.folder, f"{self.tokens.name} has no token for {user}")


def ensure_pki(folder: Path) -> Pki:
    """The existing PKI of `folder`, or a new one. Raises ControlPlaneError if the existing one is not complete."""
    pki = Pki(folder=folder)
    if folder.exists():
        files = [folder / name for name in _file_names()]
        missing = [file.name for file in files if not file.is_file() or not file.stat().st_size]
        if missing:
            raise _damaged(folder, f"missing or empty: {', '.join(missing)}")
        return pki
    # Named only when complete: an authority without its certificates would be worse than none.
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=0o700)
    _generate(Pki(folder=partial))
    partial.rename(folder)
    return pki


def _file_names() -> list[str]:
    pairs = [f"{name}.{kind}" for name in ("ca", "server", "etcd-client") for kind in ("crt", "key")]
    return [*pairs, "service-account.key", "tokens.csv"]


def _damaged(folder: Path, what: str) -> ControlPlaneError:
    return ControlPlaneError(
        f"The sandbox's certificates in {folder} are damaged ({what}). Clusters and kubeconfigs made with them "
        f"cannot be kept: begin a new sandbox with make down, then remove {folder.parent.parent}."
    )


def _generate(pki: Pki) -> None:
    ca_key = ec.generate_private_key(ec.SECP256R1())
    ca_name = _name("p2p-nodes sandbox CA")
    builder = _builder(ca_name, ca_name, ca_key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    builder = builder.add_extension(_key_usage(signs_certificates=True), critical=True)
    ca = builder.sign(ca_key, hashes.SHA256())
    write_private(pki.ca, ca.public_bytes(serialization.Encoding.PEM))
    write_private(pki.ca_key, _pem(ca_key))
    for name in ("server", "etcd-client"):
        key = ec.generate_private_key(ec.SECP256R1())
        write_private(pki.certificate(name), _leaf(name, key, ca, ca_key))
        write_private(pki.key(name), _pem(key))
    write_private(pki.service_account_key, _pem(ec.generate_private_key(ec.SECP256R1())))
    lines = [f'{secrets.token_urlsafe(32)},{user},{user},"{groups}"\n' for user, groups in _USERS.items()]
    write_private(pki.tokens, "".join(lines))


def _leaf(
    name: str, key: ec.EllipticCurvePrivateKey, ca: x509.Certificate, ca_key: ec.EllipticCurvePrivateKey
) -> bytes:
    builder = _builder(_name(f"p2p-nodes sandbox {name}"), ca.subject, key.public_key())
    names = [
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        *(x509.DNSName(n) for n in ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")),
    ]
    # etcd uses the server certificate in both directions between its members, so it carries both usages.
    usages = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    for extension, critical in (
        (x509.BasicConstraints(ca=False, path_length=None), True),
        (_key_usage(signs_certificates=False), True),
        (x509.ExtendedKeyUsage(usages), False),
        (x509.SubjectAlternativeName(names), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key()), False),
    ):
        builder = builder.add_extension(extension, critical)
    return builder.sign(ca_key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


def _builder(subject: x509.Name, issuer: x509.Name, public_key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        # A clock that is set back a little must not make a new sandbox refuse itself.
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    # Not PKCS 8: the API server reads the verifying key out of a private key file only in the older format.
    form = serialization.PrivateFormat.TraditionalOpenSSL
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())
