"""The contracts and pay terms of the made-up county."""

from datetime import date
from typing import Any, Final

from backend.simulator.model import COUNCIL, NHS, Provider

TERMS_FROM: Final = "2026-04-06"
ZONE_PENCE_MORE: Final = {"urban": 0, "fringe": 60, "rural": 180, "isolated": 420}
WEEKEND: Final = {"name": "weekend", "days": ["sat", "sun"], "per_hour": "1.20"}
NIGHT: Final = {"name": "night", "from": "22:00", "until": "07:00", "multiplier": "1.25"}
BANK_HOLIDAY: Final = {"name": "bank_holiday", "days": ["bank_holiday"], "multiplier": "1.5"}
BLOCKS: Final = (
    {
        "name": "far homes",
        "services": ["home_care"],
        "zones": ["rural", "isolated"],
        "hours": "60",
        "hourly": "24.00",
    },
    {
        "name": "town",
        "services": ["home_care"],
        "zones": ["urban"],
        "hours": "40",
        "hourly": "22.75",
    },
)
"""Hours of each week: the first is used up and the rest of those visits is paid at the rate, the second is not."""
MILEAGE: Final = {"car": "0.45", "bicycle": "0.20"}


def contracts(providers: tuple[Provider, ...], start: date) -> tuple[dict[str, Any], ...]:
    """The contracts as `doorstep load contracts` takes them: two for each provider, no two alike in how they pay."""
    return tuple(
        {**_shared(provider.reference, reference, pence), **own}
        for provider in providers
        for reference, pence, own in _each(provider, start)
    )


def _each(provider: Provider, start: date) -> list[tuple[str, int, dict[str, Any]]]:
    council, nhs = f"{provider.reference}-council", f"{provider.reference}-nhs"
    by_provider: dict[str, list[tuple[str, int, dict[str, Any]]]] = {
        "all_time": [
            (
                council,
                2360,
                _council(
                    "weekly:mon",
                    "planned_within_tolerance",
                    15,
                    "nearest",
                    tolerance_minutes=7,
                    blocks=BLOCKS,
                ),
            ),
            (nhs, 2480, _nhs("monthly:1", "actual", 1, "nearest", minimum_minutes=15)),
        ],
        "contact_only": [
            (council, 2280, _council(f"four_weekly:{start}", "actual", 5, "up", cap_at_planned=True)),
            (nhs, 2410, _nhs("monthly:1", "actual", 1, "none", cap_at_planned=True)),
        ],
        "contact_and_travel": [
            (council, 2310, _council("weekly:mon", "planned", 1, "none", self_billed=True)),
            (
                nhs,
                2440,
                _nhs(f"four_weekly:{start}", "planned_within_tolerance", 15, "down", tolerance_minutes=5),
            ),
        ],
    }
    return by_provider[provider.pays]


def _shared(provider: str, reference: str, pence: int) -> dict[str, Any]:
    return {
        "provider": provider, "reference": reference, "from": TERMS_FROM, "until": None,
        "rates": [_rate(service, zone, pence + more) for service in ("home_care", "waking_night")
                  for zone, more in ZONE_PENCE_MORE.items()],
        "missed": {"percent": "0"}, "refused": {"percent": "100"},
        "cancelled": {"notice_hours": 24, "percent_if_late": "100"},
    }  # fmt: skip


def _rate(service: str, zone: str, pence: int) -> dict[str, Any]:
    rate = {"service": service, "zone": zone, "from": TERMS_FROM, "until": None, "hourly": _pounds(pence)}
    # A half-hour visit costs a little more than half an hour.
    return {**rate, "visit_prices": {"30": _pounds(pence // 2 + 95)}} if service == "home_care" else rate


def _council(period: str, basis: str, minutes: int, mode: str, **own: Any) -> dict[str, Any]:
    return {
        "commissioner": COUNCIL, "billing_period": period, "pay_basis": basis,
        "rounding": {"minutes": minutes, "mode": mode}, "uplifts": [BANK_HOLIDAY, WEEKEND, NIGHT],
        "funding": [{"payer": COUNCIL, "percent": "100"},
                    # Pays by some packages' own shares, and has an order of its own for that.
                    {"payer": NHS, "percent": "0", "purchase_order": "NHS-SHARED-2026"}],
        "purchase_order": "PO-HC-2026", **own,
    }  # fmt: skip


def _nhs(period: str, basis: str, minutes: int, mode: str, **own: Any) -> dict[str, Any]:
    return {
        "commissioner": NHS, "billing_period": period, "pay_basis": basis,
        "rounding": {"minutes": minutes, "mode": mode}, "uplifts": [NIGHT],
        "funding": [{"payer": NHS, "percent": "100"}], "purchase_order": "NHS-CHC-2026", **own,
    }  # fmt: skip


def _pounds(pence: int) -> str:
    return f"{pence // 100}.{pence % 100:02d}"


def pay_terms(providers: tuple[Provider, ...]) -> tuple[dict[str, Any], ...]:
    """What each provider has agreed to pay, as `doorstep load pay-terms` takes it."""
    rates: dict[str, dict[str, str]] = {
        "all_time": {"contact": "13.00", "travel": "13.00", "waiting": "13.00", "training": "13.00",
                     "meeting": "13.00", "awake": "13.00", "sleep_in_flat": "65.00"},
        "contact_only": {"contact": "13.40", "sleep_in_flat": "50.00"},
        "contact_and_travel": {"contact": "12.90", "travel": "12.71", "sleep_in_flat": "60.00"},
    }  # fmt: skip
    return tuple(
        {
            "provider": provider.reference, "reference": f"{provider.reference}-terms", "from": TERMS_FROM,
            "until": None, "rates": rates[provider.pays], "contact_basis": "actual",
            "paid_gap_limit_minutes": 60, "enhancements": [], "mileage_per_mile": MILEAGE,
            "rounding": {"minutes": 1, "mode": "none"},
        }
        for provider in providers
    )  # fmt: skip
