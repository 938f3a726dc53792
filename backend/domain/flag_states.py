"""What becomes of an audit flag when somebody decides about it.

An upheld flag stands until the organisation that upheld it says otherwise: whoever is audited may answer, and so may
another commissioner whose visits show it too, but neither undoes it.
"""

from collections.abc import Mapping
from typing import Final, Literal

State = Literal["open", "explained", "upheld"]
Party = Literal["provider", "commissioner", "another_commissioner"]
"""Who decides: the audited provider; a commissioner; for an upheld flag, a commissioner other than the one that upheld
it.
"""

_FREE: Final[Mapping[State, State]] = {"open": "open", "explained": "explained", "upheld": "upheld"}
_AFTER: Final[Mapping[tuple[State, Party], Mapping[State, State]]] = {
    ("open", "provider"): {"explained": "explained"},
    ("explained", "provider"): {"explained": "explained"},
    ("upheld", "provider"): {"explained": "upheld"},
    ("open", "commissioner"): _FREE,
    ("explained", "commissioner"): _FREE,
    ("upheld", "commissioner"): _FREE,
    ("upheld", "another_commissioner"): {"explained": "upheld", "upheld": "upheld"},
}


def state_after(state: State, party: Party, decision: State) -> State | None:
    """The state in which a decision leaves a flag; None for a decision that is not this party's to make."""
    return _AFTER[state, party].get(decision)
