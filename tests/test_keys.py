import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from backend import keys, settings
from backend.domain.canonical import unbase64url
from backend.faults import SetupFault
from backend.settings import Settings


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    settings.use(Settings(data=tmp_path))
    yield tmp_path
    settings.forget()


def test_keys_for_the_embedded_database_are_made_once_and_kept_private(data: Path) -> None:
    first = keys.current()
    keys._load.cache_clear()
    assert keys.current().jwk_set() == first.jwk_set()
    assert stat.S_IMODE((data / "keys.json").stat().st_mode) == 0o600


def test_a_signature_verifies_under_the_published_key_of_its_kid(data: Path) -> None:
    signed = keys.current().sign(b"message")
    [published] = [key for key in keys.current().jwk_set()["keys"] if key["kid"] == signed["kid"]]
    public = Ed25519PublicKey.from_public_bytes(unbase64url(published["x"]))
    public.verify(unbase64url(signed["signature"]), b"message")
    with pytest.raises(InvalidSignature):
        public.verify(unbase64url(signed["signature"]), b"another")


def test_the_kid_is_the_thumbprint_of_rfc_7638() -> None:
    """The example key of RFC 8037, appendix A.3."""
    seed = unbase64url("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A")
    assert keys._signing_key(seed).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_retired_key_stays_published_and_signs_nothing(tmp_path: Path) -> None:
    old, new = json.loads(keys.new()), json.loads(keys.new())
    both = {**new, "signing": new["signing"] + old["signing"]}
    made = keys._parse(json.dumps(both), "here")
    assert len(made.jwk_set()["keys"]) == 2
    assert made.sign(b"")["kid"] == made.signing[0].kid


def test_keys_may_be_given_as_a_file_or_as_text(tmp_path: Path) -> None:
    (tmp_path / "k").write_text(keys.new())
    from_file = keys._load(str(tmp_path / "k"), tmp_path, False)
    assert keys._load((tmp_path / "k").read_text(), tmp_path, False).jwk_set() == from_file.jwk_set()


@pytest.mark.parametrize(
    "text", ["{}", "[]", '{"signing": [], "nonce": "", "lookup": ""}', '{"signing": "x"}']
)
def test_malformed_keys_are_a_setup_fault(tmp_path: Path, text: str) -> None:
    (tmp_path / "k").write_text(text)
    with pytest.raises(SetupFault, match="DOORSTEP_KEYS"):
        keys._load(str(tmp_path / "k"), tmp_path, False)


def test_keys_that_lack_a_part_say_which(tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match=r"DOORSTEP_KEYS: its text is not .* \(it has no 'signing'\)"):
        keys._load("{}", tmp_path, False)


def test_a_missing_file_of_keys_is_a_setup_fault(tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match="cannot be read"):
        keys._load(str(tmp_path / "none"), tmp_path, False)


def test_secrets_do_not_show_in_a_representation(data: Path) -> None:
    made = keys.current()
    assert repr(made.nonce) not in repr(made)


def test_a_lookup_hash_depends_on_the_key_and_the_text(tmp_path: Path) -> None:
    one, other = (keys._parse(keys.new(), "here") for _ in range(2))
    assert one.lookup_hash("QQ123456C") == one.lookup_hash("QQ123456C")
    assert one.lookup_hash("QQ123456C") != other.lookup_hash("QQ123456C")
    assert one.lookup_hash("QQ123456C") != one.lookup_hash("QQ123456D")
