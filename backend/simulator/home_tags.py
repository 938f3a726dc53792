"""What hangs in some of the made-up homes to prove a visit with, and what phones read from it.

Every fourth home has an NFC tag, every other fourth a QR card. Carers with no bad habit read them at the door; those
who claim visits from home use what was read once: a picture of the card, the first address that the tag gave.
"""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from backend.domain.sun import KEY_BYTES, UID_BYTES, tap_code
from backend.simulator.model import Carer, County, stream
from backend.tables.ids import organisation_id, thing_id
from backend.use_cases.add_tag import NewTag, add_tag
from backend.use_cases.read_tags import read_card
from schemas.mobile import Method

# A larger county needs no more of them to show what they are for.
_HOMES: Final = 240


@dataclass(slots=True)
class HomeTag:
    """A card with its text, or an NFC tag with its key, which counts how often it was read."""

    text: str | None = None
    uid: bytes = b""
    key: bytes = b""
    counter: int = 1  # of the address that was passed on

    def token(self, carer: Carer) -> tuple[Method, str] | None:
        """How the carer shows that she is here, and what her phone then reads; None: by position alone."""
        if carer.habits - {"from_home"}:
            return None
        if self.text is not None:
            return "qr", self.text
        if "from_home" in carer.habits:
            return "nfc", self._address(1)
        self.counter += 1
        return "nfc", self._address(self.counter)

    def _address(self, counter: int) -> str:
        code = tap_code(self.key, self.uid, counter).hex()
        return f"https://doorstep.example/at?uid={self.uid.hex()}&ctr={counter:06X}&cmac={code}"


async def hang_tags(county: County) -> dict[str, HomeTag]:
    """Register what hangs in the homes; by reference of each visit there. The people must be loaded."""
    hung: dict[tuple[str, str], HomeTag] = {}
    for number, user in enumerate(county.service_users[:_HOMES]):
        if number % 4 < 2:
            provider = organisation_id(user.provider)
            person = thing_id(provider, "service_user", user.reference)
            make = _hang_tag if number % 4 == 0 else _hang_card
            hung[user.provider, user.reference] = await make(county, provider, person)
    homes = ((visit, hung.get((visit.provider, visit.service_user))) for visit in county.rota)
    return {visit.reference: tag for visit, tag in homes if tag is not None}


async def _hang_tag(county: County, provider: UUID, person: UUID) -> HomeTag:
    chance = stream(county.seed, "home tag", person)
    tag = HomeTag(uid=chance.randbytes(UID_BYTES), key=chance.randbytes(KEY_BYTES))
    await add_tag(provider, person, NewTag("nfc", "In the hall", tag.uid, tag.key, first_day=county.start))
    return tag


async def _hang_card(county: County, provider: UUID, person: UUID) -> HomeTag:
    made = await add_tag(provider, person, NewTag("qr_static", "By the door", first_day=county.start))
    return HomeTag((await read_card(provider, made)).text)
