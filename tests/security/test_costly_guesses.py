"""Whoever has stolen the hashes of passwords and PINs pays for each guess."""

from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from argon2.profiles import RFC_9106_LOW_MEMORY


def test_a_password_is_hashed_as_rfc_9106_asks_and_a_pin_as_owasp_does(
    genuine_hashers: tuple[PasswordHasher, PasswordHasher],
) -> None:
    passwords, pins = (extract_parameters(hasher.hash("a secret")) for hasher in genuine_hashers)
    assert passwords == RFC_9106_LOW_MEMORY
    assert (pins.type, pins.memory_cost, pins.time_cost, pins.parallelism) == (Type.ID, 19_456, 2, 1)
    assert min(passwords.salt_len, pins.salt_len) == 16
