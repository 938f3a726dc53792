"""Say contracts back in plain English and list what is missing from them, before anything is priced by them."""

from dataclasses import dataclass

from backend.domain.pricing.explain import explain
from backend.domain.pricing.gaps import Gap, gaps
from schemas.contract import Contract, ContractVersion
from schemas.strict import Fault, Faulty, decode, parse_json


@dataclass(frozen=True, slots=True)
class CheckedContract:
    """A contract in sentences, and the dates on which it has no rate, or several."""

    reference: str
    sentences: list[str]
    gaps: list[Gap]


def check_contract(raw: bytes) -> list[CheckedContract]:
    """Check the contracts of a `contracts` file, or the `contract` object of calc price alone.

    Raises Faulty with every fault of every contract.
    """
    parsed = parse_json(raw)
    if parsed.faults:
        raise Faulty(parsed.faults)
    if not isinstance(parsed.value, list):
        return [_checked(_decoded(parsed.value))]
    faults: list[Fault] = []
    found: list[CheckedContract] = []
    for index, data in enumerate(parsed.value):
        try:
            found.append(_checked(_decoded(data)))
        except Faulty as refusal:
            faults += [fault.under(f"/{index}") for fault in refusal.faults]
    if faults:
        raise Faulty(faults)
    return found


def _decoded(data: object) -> Contract:
    """As a loaded contract if it names its provider or commissioner, else as bare terms."""
    loaded = isinstance(data, dict) and not {"provider", "commissioner"}.isdisjoint(data)
    decoded = decode(ContractVersion if loaded else Contract, data)
    if decoded.value is None:
        raise Faulty(decoded.faults)
    return decoded.value


def _checked(contract: Contract) -> CheckedContract:
    if not isinstance(contract, ContractVersion):
        return CheckedContract(contract.reference, explain(contract), gaps(contract))
    until = "on" if contract.until is None else f"to {contract.until}"
    parties = (
        f"{contract.provider} for {contract.commissioner}, from {contract.from_} {until}, "
        f"billed {contract.billing_period}{', self-billed' if contract.self_billed else ''}."
    )
    return CheckedContract(
        contract.reference,
        [parties, *explain(contract)],
        gaps(contract, contract.from_, contract.until),
    )
