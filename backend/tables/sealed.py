"""Which tables a seal holds, when their rows were recorded, and which of their columns name or describe somebody.

A test holds these lists against the database: a new table of facts is sealed, or somebody says here why not.
"""

from collections.abc import Mapping
from typing import Final

_RECORDED: Final = ("recorded_at",)
_OF_DOCUMENT: Final = ("created_at", "document", "id", "document_id")
_OF_AUDIT: Final = ("created_at", "audit_run", "id", "run_id")


def _first_version(table: str) -> tuple[str, ...]:
    return ("recorded_at", f"{table}_version", f"{table}_id", "id")


SEALED: Final[Mapping[str, tuple[str, ...]]] = {
    "absence_version": _RECORDED,
    "access_log": ("looked_at",),
    "acknowledgement": ("acknowledged_at",),
    "activity_version": _RECORDED,
    "alert": ("raised_at",),
    "approved_place_version": _RECORDED,
    "audit_decision": ("decided_at",),
    "audit_finding": ("found_at",),
    "audit_flag": _OF_AUDIT,
    "audit_run": ("created_at",),
    "audit_run_population": _OF_AUDIT,
    "audit_run_visit": _OF_AUDIT,
    "audit_sample": ("created_at",),
    "audit_sample_item": ("created_at", "audit_sample", "id", "sample_id"),
    "block_use": _OF_DOCUMENT,
    "carer_skill_version": _RECORDED,
    "contract": _first_version("contract"),
    "contract_version": _RECORDED,
    "correction": ("received_at",),
    "correction_decision": ("decided_at",),
    "correction_reason_version": _RECORDED,
    "delivery_file": ("made_at",),
    "device": ("enrolled_at",),
    "dispute": ("raised_at",),
    "dispute_answer": ("answered_at",),
    "dispute_decision": ("decided_at",),
    "document": ("created_at",),
    "document_file": ("as_of",),
    "document_line": _OF_DOCUMENT,
    "elsewhere_check": ("asked_at",),
    "employment": _first_version("employment"),
    "employment_version": _RECORDED,
    "employment_work_version": _RECORDED,
    "event": ("received_at",),
    "event_batch": ("received_at",),
    "event_judgement": ("judged_at",),
    "event_release": ("released_at",),
    "event_speed": _RECORDED,
    "event_token": ("judged_at",),
    "forgetting": ("forgotten_at",),
    "forgotten": ("forgotten_at",),
    "home_tag": _RECORDED,
    "home_tag_retirement": ("retired_at",),
    "journey_estimate": _RECORDED,
    "leave_version": _RECORDED,
    "legal_hold": ("set_at",),
    "legal_hold_end": ("lifted_at",),
    "needed_skill_version": _RECORDED,
    "package": _first_version("package"),
    "package_version": _RECORDED,
    "parked_visit": _OF_DOCUMENT,
    "pattern": _first_version("pattern"),
    "pattern_version": _RECORDED,
    "pay_line": _RECORDED,
    "pay_mapping_version": _RECORDED,
    "pay_terms": _first_version("pay_terms"),
    "pay_terms_version": _RECORDED,
    "payment": _RECORDED,
    "payroll_line": _RECORDED,
    "policy_version": _RECORDED,
    "record_check": ("checked_at",),
    "retention_version": _RECORDED,
    "service_user": _first_version("service_user"),
    "service_user_version": _RECORDED,
    "standard_version": _RECORDED,
    "template_version": _RECORDED,
    "travel_engine": _RECORDED,
    "visit": _first_version("visit"),
    "visit_planning": _RECORDED,
    "visit_version": _RECORDED,
    "working_hours_version": _RECORDED,
}
"""When a row was recorded: a column of its own, or (column, table, its key, ours) of the rows that it belongs with."""

UNSEALED: Final[Mapping[str, str]] = {
    "carer": "an id that follows from its reference, and nothing else; employments name both",
    "checkpoint": "signed and chained itself",
    "checkpoint_event": "the roots of checkpoints follow from it",
    "event_key": "an index to events, which are sealed",
    "event_link": "an index to events, which are sealed",
    "event_position": "an index to the positions of events, which are sealed",
    "correction_note": "words that go one day; what was signed, or kept, has their digest",
    "event_attachment": "positions and words that go one day; what was signed has their digest",
    "kept_identity": "sealed already, and goes one day",
    "seal": "signed and chained itself",
    "seal_rows": "each seal holds the digest of it",
}
"""Tables of a provider's facts that no seal holds, and why."""

PERSONAL: Final[Mapping[str, tuple[str, ...]]] = {
    "access_log": ("reason",),
    "acknowledgement": ("reason",),
    "activity_version": ("reason", "lat", "lon", "digest"),
    "approved_place_version": ("name", "lat", "lon", "digest"),
    "audit_decision": ("reason",),
    "audit_finding": ("note",),
    "correction_decision": ("reason",),
    "device": ("name",),
    "dispute": ("words",),
    "dispute_answer": ("words",),
    "dispute_decision": ("words",),
    "employment_version": ("name", "home_postcode", "home_lat", "home_lon", "identity_hash", "digest"),
    "event": ("detail", "raw", "raw_digest"),
    "event_release": ("reason",),
    "forgetting": ("reason",),
    "home_tag": ("label", "uid", "secret", "meta_key", "meta_key_hash"),
    "home_tag_retirement": ("reason",),
    "journey_estimate": ("from_lat", "from_lon", "to_lat", "to_lon"),
    "legal_hold": ("reason",),
    "legal_hold_end": ("reason",),
    "payroll_line": ("description", "digest"),
    "service_user_version": ("name", "address", "access_note", "digest"),
    "visit_planning": ("reason",),
}
"""Columns that may be erased: a seal holds them apart, under a secret, so that the rest of a row stays proved.

What an erasure leaves, such as a date of birth or the door of a home, is with the rest.
"""

BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "delivery_file": ("content",),
    "device": (
        *("install_id", "platform", "pin_hash", "pin_failures", "locked_at", "revoked_at", "replaced_by"),
        *("replaced_at", "closed_seq", "heard_at"),
    ),
    "document": ("snapshot",),
    "document_file": ("content",),
}
"""Columns that no seal holds: long ones whose digest stands beside them, and of phones what changes in their life."""
