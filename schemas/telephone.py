"""What a telephone service tells of a call or a text message, and what it is answered."""

from typing import Annotated, Literal

import msgspec


class CallTold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One call or message. `call_id` is the service's own: told again with the same text, it is the same event.

    `sender`: the number it came from; empty where it was withheld. `text`: what was typed or written, such as
    `12345678*1*123456`.
    """

    call_id: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    kind: Literal["call", "message"]
    sender: Annotated[str, msgspec.Meta(max_length=50)]
    text: Annotated[str, msgspec.Meta(max_length=500)]


class CallAnswer(msgspec.Struct, frozen=True):
    """What became of it, and the words to say to the caller."""

    outcome: str
    words: str
