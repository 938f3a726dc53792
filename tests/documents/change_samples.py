"""Made-up changes to an earlier period, as plain JSON data."""

from typing import Any

Data = dict[str, Any]

HOURS: Data = {"work": [{"kind": "contact", "seconds": 360000}], "work_type": "time", "salaried": None}


def _earlier(employment: str, difference: int) -> Data:
    """A gap of the month before that a late event cut in two: what was unexplained is waiting now."""

    def state(start: str, kind: str, rule: str, seconds: int, credited: bool) -> Data:
        part = {"kind": kind, "rule": rule, "seconds": seconds, "credited": credited}
        return {"start": start, "end": "2026-03-10T12:10:00Z", "observed_seconds": seconds, "parts": [part]}

    return {
        "period": {"start": "2026-03-01", "end": "2026-03-31"},
        "employment": employment,
        "person": employment.replace("E", "C"),
        "name": f"Carer {int(employment[2:])}",
        "before": {
            "counted_seconds": 360000,
            "unresolved_seconds": 4200,
            "compliant": True,
            "shortfall": "0.00",
        },
        "after": {
            "counted_seconds": 360000 + difference,
            "unresolved_seconds": 0,
            "compliant": False,
            "shortfall": "11.65",
        },
        "hours": HOURS,
        "gaps": [
            {
                "day": "2026-03-10",
                "from": "900",
                "to": "901",
                "left": "V900",
                "reached": "V901",
                "before": state("2026-03-10T11:00:00Z", "unresolved", "nmw-2015-32", 4200, credited=False),
                "after": state("2026-03-10T11:15:00Z", "waiting", "nmw-2015-32", difference, credited=True),
                "difference": difference,
            }
        ],
    }


CHANGES: list[Data] = [_earlier("E-02", 3300), _earlier("E-77", 3300)]
