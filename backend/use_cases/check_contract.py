"""Say contracts back in plain English and list what is missing from them, before anything is priced by them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from backend.domain.pricing.explain import explain
from backend.domain.pricing.gaps import Gap, VersionGap, gaps, version_gaps
from schemas.contract import Contract, ContractVersion
from schemas.strict import Fault, Faulty, decode, parse_json


@dataclass(frozen=True, slots=True)
class CheckedContract:
    """A contract in sentences, and the dates on which it has no rate, or several.

    `version_gaps` are the dates between its versions in the same file on which none holds, or two do; they are listed
    with the first version.
    """

    reference: str
    sentences: list[str]
    gaps: list[Gap]
    version_gaps: list[VersionGap] = field(default_factory=list)


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
    contracts: list[Contract] = []
    for index, data in enumerate(parsed.value):
        try:
            contracts.append(_decoded(data))
        except Faulty as refusal:
            faults += [fault.under(f"/{index}") for fault in refusal.faults]
    if faults:
        raise Faulty(faults)
    between = _between(contracts)
    return [
        replace(_checked(contract), version_gaps=between.get(index, []))
        for index, contract in enumerate(contracts)
    ]


def _between(contracts: Sequence[Contract]) -> dict[int, list[VersionGap]]:
    """What is wrong between versions of one contract, by the place of its first version."""
    versions: dict[tuple[str, str], dict[int, ContractVersion]] = {}
    for index, contract in enumerate(contracts):
        if isinstance(contract, ContractVersion):
            versions.setdefault((contract.provider, contract.reference), {})[index] = contract
    return {min(held): version_gaps(list(held.values())) for held in versions.values()}


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
