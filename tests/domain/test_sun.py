"""NTAG 424 DNA messages, against the published examples and against whatever a hostile phone may send.

The examples stand in NXP's application note AN12196, "NTAG 424 DNA and NTAG 424 DNA TagTamper features and hints"
(rev. 1.5 and later): session keys of SUN, decryption of PICCData, SDMMAC over no input. The one with UID and counter
in clear is the public demonstration of sdm.nfcdeveloper.com, whose tags keep the factory keys.
"""

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.sun import Tap, code_is_right, open_picc_data, read_tap, tap_code

FACTORY = bytes(16)
UID = bytes.fromhex("04DE5F1EACC040")
KEYS = st.binary(min_size=16, max_size=16)
UIDS = st.binary(min_size=7, max_size=7)
COUNTERS = st.integers(0, 2**24 - 1)


def test_the_encrypted_picc_data_of_the_application_note_opens() -> None:
    assert open_picc_data(FACTORY, bytes.fromhex("EF963FF7828658A599F3041510671E88")) == (UID, 61)
    other = open_picc_data(FACTORY, bytes.fromhex("FDE4AFA99B5C820A2C1BB0F1C792D0EB"))
    assert other == (bytes.fromhex("04958CAA5C5E80"), 1)


def test_the_code_of_the_application_note_is_right() -> None:
    assert tap_code(FACTORY, UID, 61) == bytes.fromhex("94EED9EE65337086")
    assert code_is_right(FACTORY, UID, 61, bytes.fromhex("94EED9EE65337086"))


def test_the_code_of_the_public_plain_mirror_is_right() -> None:
    tap = read_tap("https://sdm.nfcdeveloper.com/tagpt?uid=041E3C8A2D6B80&ctr=000006&cmac=4B00064004B0B3D3")
    assert tap is not None and tap.uid is not None and tap.counter == 6
    assert code_is_right(FACTORY, tap.uid, tap.counter, tap.cmac)


def test_a_code_is_right_for_its_own_key_uid_and_counter_alone() -> None:
    code = tap_code(FACTORY, UID, 61)
    assert not code_is_right(FACTORY, UID, 62, code)
    assert not code_is_right(FACTORY, bytes.fromhex("04DE5F1EACC041"), 61, code)
    assert not code_is_right(b"\1" * 16, UID, 61, code)
    assert not code_is_right(FACTORY, UID, 61, code[:-1] + bytes([code[-1] ^ 1]))


@given(key=KEYS, uid=UIDS, counter=COUNTERS)
def test_every_tag_agrees_with_itself(key: bytes, uid: bytes, counter: int) -> None:
    assert code_is_right(key, uid, counter, tap_code(key, uid, counter))


def test_both_forms_are_read_whatever_host_path_order_and_case() -> None:
    encrypted = Tap(bytes.fromhex("94EED9EE65337086"), bytes.fromhex("EF963FF7828658A599F3041510671E88"))
    for url in (
        "https://ntag.nxp.com/424?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086",
        "http://x/?CMAC=94eed9ee65337086&v=2&Picc_Data=ef963ff7828658a599f3041510671e88#top",
        "?picc_data=EF963FF7828658A599F3041510671E88&cmac=94EED9EE65337086",
    ):
        assert read_tap(url) == encrypted
    clear = read_tap("https://example.org/at?ctr=00003d&uid=04DE5F1EACC040&cmac=94EED9EE65337086")
    assert clear == Tap(bytes.fromhex("94EED9EE65337086"), None, UID, 61)


def test_what_is_no_tap_is_none() -> None:
    picc, cmac = "picc_data=EF963FF7828658A599F3041510671E88", "cmac=94EED9EE65337086"
    for query in (
        "",
        picc,
        cmac,
        f"{picc}&{cmac}&{cmac}",
        f"{picc}&{cmac}&uid=04DE5F1EACC040&ctr=00003D",
        f"uid=04DE5F1EACC040&{cmac}",
        f"{picc}&{cmac}&uid=",
        f"{picc}0&{cmac}",
        f"{picc[:-1]}&{cmac}",
        f"{picc[:-1]}g&{cmac}",
        f"{picc[:-1]}+&{cmac}",
        f"uid=04DE5F1EACC040&ctr=0x003D&{cmac}",
        f"uid=04DE5F1EACC040&ctr=-0003D&{cmac}",
        f"uid=04DE5F1EACC040&ctr=00_03D&{cmac}",
        "&".join(["a=1"] * 50) + f"&{picc}&{cmac}",
    ):
        assert read_tap(f"https://example.org/at?{query}") is None, query
    assert read_tap(f"http://[?{picc}&{cmac}") is None
    beside = ["a=1"] * 14
    assert read_tap("?" + "&".join([picc, cmac, *beside])) is not None
    assert read_tap("?" + "&".join([picc, cmac, *beside, "a=1"])) is None, (
        "of more than sixteen parts none is read"
    )


def test_what_a_tag_encrypted_stands_in_no_log() -> None:
    assert "picc" not in repr(read_tap(f"?e={'EF' * 16}&c={'94' * 8}"))


@given(st.text())
def test_no_text_at_all_raises(text: str) -> None:
    assert read_tap(text) is None
    read_tap(f"https://example.org/?picc_data={text}&cmac={text}")


@given(key=KEYS, data=st.binary(min_size=16, max_size=16))
def test_no_bytes_raise_when_opened(key: bytes, data: bytes) -> None:
    opened = open_picc_data(key, data)
    assert opened is None or (len(opened[0]), 0 <= opened[1] < 2**24) == (7, True)
