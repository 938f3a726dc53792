"""A verifier written from docs/evidence.md alone: it imports nothing of the project's, and shares no code with it."""

import base64
import hashlib
import io
import json
import zipfile
from datetime import datetime
from typing import Any

import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256


def digest(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Verifier:
    """Collects in `faults` what does not hold."""

    def __init__(self, bundle: bytes) -> None:
        with zipfile.ZipFile(io.BytesIO(bundle)) as archive:
            self.members = {name: archive.read(name) for name in archive.namelist()}
        self.faults: list[str] = []
        self.keys = {
            b64(digest(rfc8785.dumps({name: jwk[name] for name in ("crv", "kty", "x")}))): jwk
            for jwk in self.json("keys.json")["keys"]
        }

    def json(self, name: str) -> Any:
        return json.loads(self.members[name])

    def check(self, holds: bool, words: str) -> None:
        if not holds:
            self.faults.append(words)

    def signed_by_server(self, seal: dict[str, Any], message: bytes) -> bool:
        if seal["kid"] not in self.keys:
            return False
        key = ed25519.Ed25519PublicKey.from_public_bytes(unb64(self.keys[seal["kid"]]["x"]))
        try:
            key.verify(unb64(seal["signature"]), message)
        except InvalidSignature:
            return False
        return True

    def run(self) -> list[str]:
        self.manifest()
        self.events()
        self.receipts()
        self.checkpoints()
        return self.faults

    def manifest(self) -> None:
        manifest = self.json("manifest.json")
        listed = {file["name"]: file["sha256"] for file in manifest["files"]}
        found = {name: hashlib.sha256(content).hexdigest() for name, content in self.members.items()}
        for outermost in ("manifest.json", "signature.json"):
            del found[outermost]
        self.check(listed == found, "the files are not those of the manifest")
        self.check(manifest["format"] == "doorstep-evidence-1", "another format")
        sealed = self.signed_by_server(self.json("signature.json"), self.members["manifest.json"])
        self.check(sealed, "the manifest is not signed by the server")
        whole = manifest["subject"]["worker"] is None and manifest["reader"] == "provider"
        frozen = manifest["subject"]["snapshot_sha256"] == found["result.json"]
        self.check(frozen or not whole, "the result is not the frozen report")

    def events(self) -> None:
        devices = {device["id"]: device for device in self.json("devices.json")}
        held = {(link["device_id"], link["seq"], link["hash"]) for link in self.json("chain.json")}
        for event in self.json("events.json"):
            signed = json.loads(event["signed"])
            held.add((event["device_id"], signed["seq"], b64(digest(rfc8785.dumps(signed)))))
        for event in self.json("events.json"):
            signed, row, device = json.loads(event["signed"]), event["row"], devices[event["device_id"]]
            self.check(self.signed_by_phone(device["public_key"], event, signed), f"{row}: signature")
            self.check(signed["device_id"] == event["device_id"], f"{row}: phone")
            enrolled = datetime.fromisoformat(device["enrolled_at"])
            self.check(datetime.fromisoformat(event["received_at"]) >= enrolled, f"{row}: enrolled later")
            for part in ("fix", "payload"):
                if event[part] is not None:
                    made = b64(digest(rfc8785.dumps(json.loads(event[part]))))
                    self.check(made == signed[f"{part}_hash"], f"{row}: {part}")
            first = signed["seq"] <= 1 and signed["prev"] == b64(digest(event["device_id"].encode()))
            follows = (event["device_id"], signed["seq"] - 1, signed["prev"]) in held
            self.check(first or follows or event["code"] == "fork", f"{row}: chain")

    @staticmethod
    def signed_by_phone(jwk: dict[str, str], event: dict[str, Any], signed: Any) -> bool:
        x, y = (int.from_bytes(unb64(jwk[name])) for name in ("x", "y"))
        raw = unb64(event["signature"])
        signature = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        try:
            key.verify(signature, rfc8785.dumps(signed), ec.ECDSA(SHA256()))
        except InvalidSignature:
            return False
        return len(raw) == 64

    def receipts(self) -> None:
        receipts = {receipt["id"]: receipt for receipt in self.json("receipts.json")}
        for receipt in receipts.values():
            self.check(self.signed_by_server(receipt, receipt["batch"].encode()), "a receipt's signature")
        for event in self.json("events.json"):
            line = json.loads(receipts[event["receipt"]]["batch"])[event["receipt_line"]]
            told = (line["device_id"], line["signed_hash"], line["outcome"], line["code"])
            made = b64(digest(rfc8785.dumps(json.loads(event["signed"]))))
            self.check(
                told == (event["device_id"], made, event["outcome"], event["code"]), "a receipt's line"
            )
            instants = [datetime.fromisoformat(one["received_at"]) for one in (line, event)]
            self.check(instants[0] == instants[1], "a receipt's instant")

    def checkpoints(self) -> None:
        bodies: dict[int, Any] = {}
        before = None
        for checkpoint in self.json("checkpoints.json"):
            sealed = self.signed_by_server(checkpoint, checkpoint["body"].encode())
            self.check(sealed, "a checkpoint's signature")
            body = json.loads(checkpoint["body"])
            if before is not None:
                self.check(body["previous"] == b64(digest(before.encode())), "the chain of checkpoints")
            bodies[body["number"]], before = body, checkpoint["body"]
        for event in self.json("events.json"):
            if event["checkpoint"] is not None:
                self.check(included(event, bodies[event["checkpoint"]["number"]]), "inclusion")


def included(event: dict[str, Any], body: dict[str, Any]) -> bool:
    names = ("row", "device_id", "outcome", "code", "received_at")
    leaf = {name: event[name] for name in names}
    leaf["hash"] = b64(digest(rfc8785.dumps(json.loads(event["signed"]))))
    at, place = digest(b"\x00" + rfc8785.dumps(leaf)), event["checkpoint"]
    position, count, proof = place["position"], body["events"], [unb64(one) for one in place["proof"]]
    while count > 1:
        if position ^ 1 < count:
            beside = proof.pop(0)
            at = digest(b"\x01" + (beside + at if position % 2 else at + beside))
        position, count = position // 2, (count + 1) // 2
    return not proof and b64(at) == body["root"]
