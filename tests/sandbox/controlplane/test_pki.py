from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from sandbox.controlplane.errors import ControlPlaneError
from sandbox.controlplane.pki import ensure_pki


def test_made_once_private_and_signed_by_the_authority(tmp_path: Path) -> None:
    pki = ensure_pki(tmp_path / "controlplane" / "pki")
    files = sorted(pki.folder.iterdir())
    contents = [file.read_bytes() for file in files]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert pki.folder.stat().st_mode & 0o777 == 0o700
    ca = x509.load_pem_x509_certificate(pki.ca.read_bytes())
    for name in ("server", "etcd-client"):
        certificate = x509.load_pem_x509_certificate(pki.certificate(name).read_bytes())
        certificate.verify_directly_issued_by(ca)
    assert ensure_pki(pki.folder) == pki
    assert [file.read_bytes() for file in sorted(pki.folder.iterdir())] == contents


def test_the_server_certificate_is_for_loopback_only(tmp_path: Path) -> None:
    pki = ensure_pki(tmp_path / "pki")
    certificate = x509.load_pem_x509_certificate(pki.certificate("server").read_bytes())
    names = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    assert isinstance(names, x509.SubjectAlternativeName)
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1"]


def test_every_user_has_a_token_of_its_own_and_only_admin_is_in_masters(tmp_path: Path) -> None:
    pki = ensure_pki(tmp_path / "pki")
    users = ("admin", "system:kube-controller-manager", "system:kube-scheduler")
    assert len({pki.token(user) for user in users}) == 3
    masters = [line for line in pki.tokens.read_text().splitlines() if "system:masters" in line]
    assert len(masters) == 1
    assert masters[0].split(",")[1] == "admin"


def test_two_sandboxes_share_nothing(tmp_path: Path) -> None:
    one, two = (ensure_pki(tmp_path / name) for name in ("one", "two"))
    assert one.token("admin") != two.token("admin")
    assert one.ca.read_bytes() != two.ca.read_bytes()


@pytest.mark.parametrize("name", ["ca.crt", "ca.key", "server.key", "service-account.key", "tokens.csv"])
@pytest.mark.parametrize("empty", [True, False])
def test_a_damaged_folder_is_told_and_not_mended(name: str, empty: bool, tmp_path: Path) -> None:
    pki = ensure_pki(tmp_path / "pki")
    if empty:
        (pki.folder / name).write_text("")
    else:
        (pki.folder / name).unlink()
    with pytest.raises(ControlPlaneError, match=rf"missing or empty: {name}\).*make down"):
        ensure_pki(pki.folder)


def test_a_token_file_without_the_user(tmp_path: Path) -> None:
    pki = ensure_pki(tmp_path / "pki")
    pki.tokens.write_text("nonsense\n")
    with pytest.raises(ControlPlaneError, match=r"tokens\.csv has no token for admin"):
        pki.token("admin")
