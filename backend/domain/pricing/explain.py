"""A contract said back in plain English, so that the person who agreed it can see whether it is what was agreed."""

from collections.abc import Iterator
from decimal import Decimal

from backend.domain.money import pounds, printed
from backend.domain.pricing.annual import DatedRate, dated_rates
from backend.domain.pricing.blocks import block_pence, hours_text
from backend.domain.said_back import listed, minutes, money, plain, rounded, when
from backend.domain.vat import treatment_of
from schemas.contract import Block, Contract, Funder, Uplift, VatTerm


def explain(contract: Contract) -> list[str]:
    """Sentences that say everything the contract says about money, in the order it is worked out."""
    return [
        *_time(contract),
        *(_rate(dated) for dated in dated_rates(contract)),
        *_annual(contract),
        *(_uplift(uplift) for uplift in contract.uplifts),
        *(
            ["Where several uplifts fit, only the one giving the highest price."]
            if len(contract.uplifts) > 1
            else []
        ),
        *_holidays(contract),
        *_mileage(contract),
        *(_block(block) for block in contract.blocks),
        *_not_made(contract),
        f"Who pays: {_funding(contract.funding)}.",
        *(_vat(term) for term in sorted(contract.vat, key=lambda term: term.services is None)),
        *_lots(contract),
    ]


def _time(contract: Contract) -> Iterator[str]:
    yield {
        "planned": "Pays the planned time of each visit made.",
        "actual": "Pays the actual time of each visit made.",
        "planned_within_tolerance": "Pays the planned time of each visit made if the actual time lies within "
        f"{minutes(contract.tolerance)} of it, otherwise the actual time.",
    }[contract.pay_basis]
    if contract.cap_at_planned:
        yield "Never pays more than the planned time."
    if contract.rounding.step:
        yield f"Rounds the length of a visit {rounded(contract.rounding)}."
    if contract.minimum:
        yield f"Pays at least {minutes(contract.minimum)} for a visit made."


def _rate(dated: DatedRate) -> str:
    rate = dated.rate
    dates = f"from {rate.from_} on" if rate.until is None else f"from {rate.from_} to {rate.until}"
    bands = "".join(
        f"; {money(price)} for a visit of exactly {minutes(int(length * 60))}"
        for length, price in sorted(rate.visit_prices.items())
    )
    raised = ", with the annual uplift" if dated.raised else ""
    return f"{rate.service} in zone {rate.zone}, {dates}: {money(rate.hourly)} an hour{bands}{raised}."


def _annual(contract: Contract) -> Iterator[str]:
    for uplift in sorted(contract.annual_uplifts, key=lambda uplift: uplift.from_):
        yield (
            f"Annual uplift: from {uplift.from_} on, every rate in force the day before is {plain(uplift.percent)} % "
            "higher, to the whole penny."
        )


def _uplift(uplift: Uplift) -> str:
    price = (
        f"the price times {plain(uplift.multiplier)}"
        if uplift.multiplier is not None
        else f"the price plus {money(uplift.per_hour or Decimal(0))} an hour"
    )
    return f"Uplift {uplift.name}, {when(uplift)}: {price}."


def _not_made(contract: Contract) -> Iterator[str]:
    yield f"A missed visit: {plain(contract.missed.percent)} % of the planned price."
    yield f"A refused visit: {plain(contract.refused.percent)} % of the planned price."
    late = contract.cancelled
    yield (
        f"A visit cancelled with less than {late.notice_hours} hours' notice: {plain(late.percent_if_late)} % of the "
        "planned price; with that notice, or cancelled by the provider, nothing."
    )
    kept = contract.suspended
    yield (
        "A visit suspended while the person is away: nothing."
        if kept is None
        else f"A visit suspended while the person is away: {plain(kept.percent)} % of the planned price for the first "
        f"{kept.days} days, then nothing."
    )


def _mileage(contract: Contract) -> Iterator[str]:
    if contract.mileage is not None:
        yield (
            f"Mileage: {money(contract.mileage.per_mile)} for each mile of the journey that led to a visit made, on "
            "top of its price."
        )


def _block(block: Block) -> str:
    return (
        f"Block {block.name}: {hours_text(block)} hours of {listed(block.services)} in zone "
        f"{listed(block.zones)} each billing period at {money(block.hourly)} an hour, "
        f"{printed(pounds(block_pence(block)))} whether used or not. Visits use it in order of planned start; one that "
        "does not fit whole is paid at its rate."
    )


def _holidays(contract: Contract) -> Iterator[str]:
    if any("bank_holiday" in (uplift.days or ()) for uplift in contract.uplifts):
        yield f"Bank holidays are those of {contract.division.replace('-', ' ').title()}."


def _lots(contract: Contract) -> Iterator[str]:
    for lot in contract.lots:
        tier = f" as a {lot.tier} provider" if lot.tier else ""
        yield f"{lot.lot}, held{tier}: zone{'' if len(lot.zones) == 1 else 's'} {listed(lot.zones)}."


def _vat(term: VatTerm) -> str:
    named = listed(term.services) if term.services else "Every other service"
    if term.rate is not None:
        return f"{named}: VAT at {plain(term.rate)} % is added to these prices."
    return f"{named}: no VAT. {treatment_of([term], (term.services or [''])[0]).reason}."


def _funding(funders: list[Funder]) -> str:
    return ", ".join(f"{funder.payer} {plain(funder.percent)} %" for funder in funders)
