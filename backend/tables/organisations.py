"""Organisations and the people who sign in for them.

The database is made by the migrations; these classes name its columns for queries, and a test holds the two together.
A table keyed by several columns names its first one as the key, because Piccolo knows only one.
"""

from piccolo.columns import UUID, BigInt, Boolean, Bytea, Date, Integer, Text, Timestamptz
from piccolo.table import Table

from backend.db import DB


class Organisation(Table, tablename="organisation", db=DB):
    id = UUID(primary_key=True, default=None, null=False)
    kind = Text(default=None, null=False)
    reference = Text(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)


class OrganisationVersion(Table, tablename="organisation_version", db=DB):
    organisation_id = UUID(primary_key=True, default=None, null=False)
    version = Integer(default=None, null=False)
    name = Text(default=None, null=False)
    vat_identifier = Text(default=None, null=True)
    tax_identifier = Text(default=None, null=True)
    peppol_identifier = Text(default=None, null=True)
    address = Text(default=None, null=True)
    postcode = Text(default=None, null=True)
    email = Text(default=None, null=True)
    digest = Bytea(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class UserAccount(Table, tablename="user_account", db=DB):
    id = UUID(primary_key=True, default=None, null=False)
    organisation_id = UUID(default=None, null=True)
    role = Text(default=None, null=False)
    email = Text(default=None, null=False)
    email_key = Text(default=None, null=False)
    password_hash = Text(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)
    access_until = Date(default=None, null=True)
    disabled_at = Timestamptz(default=None, null=True)
    person_id = UUID(default=None, null=True)


class UserLink(Table, tablename="user_link", db=DB):
    token_hash = Bytea(primary_key=True, default=None, null=False)
    user_id = UUID(default=None, null=False)
    organisation_id = UUID(default=None, null=True)
    created_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)
    used_at = Timestamptz(default=None, null=True)


class UserSession(Table, tablename="user_session", db=DB):
    token_hash = Bytea(primary_key=True, default=None, null=False)
    user_id = UUID(default=None, null=False)
    organisation_id = UUID(default=None, null=True)
    csrf_token = Text(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)
    ended_at = Timestamptz(default=None, null=True)
    opened_by = Text(default="password", null=False)
    proven_at = Timestamptz(default=None, null=True)
    last_used_at = Timestamptz(default=None, null=True)


class UserAuthenticator(Table, tablename="user_authenticator", db=DB):
    id = UUID(primary_key=True, default=None, null=False)
    user_id = UUID(default=None, null=False)
    sealed_secret = Bytea(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    last_step = BigInt(default=None, null=False)
    removed_at = Timestamptz(default=None, null=True)


class UserRecoveryCode(Table, tablename="user_recovery_code", db=DB):
    user_id = UUID(primary_key=True, default=None, null=False)
    code_hash = Bytea(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    spent_at = Timestamptz(default=None, null=True)


class SignInRuleVersion(Table, tablename="sign_in_rule_version", db=DB):
    organisation_id = UUID(primary_key=True, default=None, null=False)
    version = Integer(default=None, null=False)
    second_factor = Boolean(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class SignInServiceVersion(Table, tablename="sign_in_service_version", db=DB):
    organisation_id = UUID(primary_key=True, default=None, null=False)
    version = Integer(default=None, null=False)
    issuer = Text(default=None, null=False)
    client_id = Text(default=None, null=False)
    sealed_secret = Bytea(default=None, null=True)
    match = Text(default=None, null=False)
    enabled = Boolean(default=None, null=False)
    recorded_at = Timestamptz(default=None, null=False)


class UserSubject(Table, tablename="user_subject", db=DB):
    issuer = Text(primary_key=True, default=None, null=False)
    subject = Text(default=None, null=False)
    user_id = UUID(default=None, null=False)
    bound_at = Timestamptz(default=None, null=False)


class KeptForm(Table, tablename="kept_form", db=DB):
    token_hash = Bytea(primary_key=True, default=None, null=False)
    user_id = UUID(default=None, null=False)
    sealed = Bytea(default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)


class UserPasskey(Table, tablename="user_passkey", db=DB):
    id = UUID(primary_key=True, default=None, null=False)
    user_id = UUID(default=None, null=False)
    credential_id = Bytea(default=None, null=False)
    public_key = Bytea(default=None, null=False)
    sign_count = BigInt(default=None, null=False)
    name = Text(default=None, null=False)
    created_at = Timestamptz(default=None, null=False)
    last_used_at = Timestamptz(default=None, null=True)
    suspect_at = Timestamptz(default=None, null=True)
    removed_at = Timestamptz(default=None, null=True)


class AnsweredChallenge(Table, tablename="answered_challenge", db=DB):
    digest = Bytea(primary_key=True, default=None, null=False)
    expires_at = Timestamptz(default=None, null=False)


class SignInFailure(Table, tablename="sign_in_failure", db=DB):
    subject = Bytea(primary_key=True, default=None, null=False)
    failed_at = Timestamptz(default=None, null=False)
