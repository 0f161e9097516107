from __future__ import annotations

from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from sandbox.controlplane.front_proxy import CLIENT, ensure_front_proxy


def test_made_once_private_and_with_the_name_that_aggregated_apis_look_for(tmp_path: Path) -> None:
    made = ensure_front_proxy(tmp_path / "front-proxy")
    files = sorted(made.folder.iterdir())
    contents = [file.read_bytes() for file in files]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}
    assert made.folder.stat().st_mode & 0o777 == 0o700
    certificate = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(made.ca.read_bytes()))
    assert [name.value for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == [CLIENT]
    assert ensure_front_proxy(made.folder) == made
    assert [file.read_bytes() for file in sorted(made.folder.iterdir())] == contents


def test_nobody_can_make_a_second_client(tmp_path: Path) -> None:
    made = ensure_front_proxy(tmp_path / "front-proxy")
    assert {file.name for file in made.folder.iterdir()} == {"ca.crt", f"{CLIENT}.crt", f"{CLIENT}.key"}


@pytest.mark.parametrize("name", ["ca.crt", f"{CLIENT}.key"])
@pytest.mark.parametrize("empty", [True, False])
def test_what_is_damaged_is_made_anew_as_a_whole(name: str, empty: bool, tmp_path: Path) -> None:
    made = ensure_front_proxy(tmp_path / "front-proxy")
    before = made.certificate.read_bytes()
    if empty:
        (made.folder / name).write_text("")
    else:
        (made.folder / name).unlink()
    ensure_front_proxy(made.folder)
    certificate = x509.load_pem_x509_certificate(made.certificate.read_bytes())
    certificate.verify_directly_issued_by(x509.load_pem_x509_certificate(made.ca.read_bytes()))
    assert made.certificate.read_bytes() != before
