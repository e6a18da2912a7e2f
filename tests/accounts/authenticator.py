"""A passkey in software: it signs what the site asks it to, as WebAuthn (level 2, sections 5.8 and 6.1) says."""

import hashlib
import json
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestationObject,
    AttestedCredentialData,
    AuthenticatorData,
    CollectedClientData,
)

from accounts.models import User

HOST = "testserver"
VERIFIED = AuthenticatorData.FLAG.UP | AuthenticatorData.FLAG.UV


class Passkey:
    """One key of somebody's account, which the account has known before."""

    def __init__(self, user: User) -> None:
        self._user = user
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._id = f"a key of {user.username}".encode()
        public = ES256.from_cryptography_key(self._key.public_key())  # type: ignore[no-untyped-call]
        known = AttestedCredentialData.create(b"\0" * 16, self._id, public)
        data = AuthenticatorData.create(_host_hash(), VERIFIED | AuthenticatorData.FLAG.AT, 0, known)
        attestation = AttestationObject.create("none", data, {})
        response = {
            "clientDataJSON": _client_data("webauthn.create", "eHg"),
            "attestationObject": websafe_encode(attestation),
        }
        credential = self._credential(response) | {"clientExtensionResults": {"credProps": {"rk": True}}}
        Authenticator.objects.create(user=user, type="webauthn", data={"name": "a key", "credential": credential})

    def sign(self, request_options: dict[str, Any]) -> dict[str, Any]:
        """What a browser's ``navigator.credentials.get`` gives for these options, as JSON."""
        client_data = CollectedClientData.create(
            "webauthn.get", request_options["publicKey"]["challenge"], f"http://{HOST}"
        )
        data = AuthenticatorData.create(_host_hash(), VERIFIED, 1)
        signature = self._key.sign(data + hashlib.sha256(client_data).digest(), ec.ECDSA(SHA256()))
        handle = websafe_encode(user_pk_to_url_str(self._user).encode())
        return self._credential(
            {
                "clientDataJSON": websafe_encode(client_data),
                "authenticatorData": websafe_encode(data),
                "signature": websafe_encode(signature),
                "userHandle": handle,
            }
        )

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        name = websafe_encode(self._id)
        return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}


def _host_hash() -> bytes:
    return hashlib.sha256(HOST.encode()).digest()


def _client_data(kind: str, challenge: str) -> str:
    return websafe_encode(json.dumps({"type": kind, "challenge": challenge, "origin": f"http://{HOST}"}).encode())
