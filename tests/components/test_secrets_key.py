from __future__ import annotations

from tests.program_mocks import of_settings

CLUSTER = "gcp:container/cluster:Cluster"


def test_secrets_are_encrypted_with_a_key_that_gke_may_use_before_the_cluster_is_made() -> None:
    built = of_settings()
    ring, key = built.one("gcp:kms/keyRing:KeyRing"), built.one("gcp:kms/cryptoKey:CryptoKey")
    grant, cluster = built.one("gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"), built.one(CLUSTER)
    # A key ring can never be deleted: its name is made up anew each time.
    assert "name" not in ring.inputs
    assert ring.inputs["location"] == "europe-west1"
    assert (key.inputs["purpose"], key.inputs["rotationPeriod"]) == ("ENCRYPT_DECRYPT", "7776000s")
    assert key.protected
    assert grant.inputs["role"] == "roles/cloudkms.cryptoKeyEncrypterDecrypter"
    assert grant.inputs["member"] == (
        "serviceAccount:service-123456789012@container-engine-robot.iam.gserviceaccount.com"
    )
    assert cluster.inputs["databaseEncryption"] == {"state": "ENCRYPTED", "keyName": "secrets-key-secrets-id"}
    assert grant.urn in cluster.dependencies
    # GKE's service agent is there once its API is.
    assert any(urn.endswith("::apis-container") for urn in grant.dependencies)


def test_without_encryption_there_is_no_key() -> None:
    built = of_settings({"environment": "development", "cluster": {"secrets_encryption": False}})
    assert [one.key for one in built.resources if one.type.startswith("gcp:kms/")] == []
    assert built.one(CLUSTER).inputs["databaseEncryption"] == {"state": "DECRYPTED"}
