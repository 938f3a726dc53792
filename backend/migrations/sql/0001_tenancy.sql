-- Tenancy. Every tenant table carries provider_id (or organisation_id) and is closed by row-level security; a
-- transaction opens one tenant with set_config('doorstep.provider_id', .., true). Unset sees nothing.
-- {app} is the application's role: it owns nothing and cannot bypass a policy.

CREATE EXTENSION IF NOT EXISTS btree_gist;

GRANT USAGE ON SCHEMA public TO {app};
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM {app};

CREATE FUNCTION current_provider() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('doorstep.provider_id', true), '')::uuid $$;

CREATE FUNCTION current_commissioner() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT nullif(current_setting('doorstep.commissioner_id', true), '')::uuid $$;

CREATE FUNCTION is_administrator() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('doorstep.administrator', true), '') = 'on' $$;

-- The columns of a table that name or describe somebody and may be erased: nothing that is worked out goes by them.
CREATE FUNCTION erasable(target text) RETURNS text[] LANGUAGE sql IMMUTABLE AS
$$
    SELECT CASE target
        WHEN 'employment_version' THEN ARRAY['name', 'home_postcode', 'home_lat', 'home_lon', 'identity_hash', 'digest']
        WHEN 'service_user_version' THEN ARRAY['name', 'address', 'access_note', 'digest']
        WHEN 'device' THEN ARRAY['name']
        WHEN 'event' THEN ARRAY['raw', 'raw_digest']
        ELSE ARRAY[]::text[] END
$$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$
DECLARE
    -- Of a partition the table that it is of.
    target text := coalesce((SELECT c.relname FROM pg_class c WHERE c.oid = pg_partition_root(TG_RELID)), TG_TABLE_NAME);
BEGIN
    -- The functions that forget what may go run as the owner, and say of which table.
    IF TG_LEVEL = 'ROW' AND current_setting('doorstep.forgetting', true) = target
       AND EXISTS (SELECT FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner
                   WHERE c.oid = TG_RELID AND r.rolname = current_user) THEN
        IF TG_OP = 'DELETE' AND target IN ('event_attachment', 'correction_note', 'access_log', 'kept_identity',
                                           'unclaimed_event') THEN
            RETURN OLD;
        ELSIF TG_OP = 'UPDATE' AND to_jsonb(NEW) - erasable(target) = to_jsonb(OLD) - erasable(target) THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '% holds facts: they are appended, never changed or deleted', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege', HINT = 'Append a new version or a correction instead.';
END
$$;

-- A fact table: the tenant may read and append; a trigger stops everybody else, the owner included.
CREATE PROCEDURE protect_fact(target regclass) LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY provider ON %s USING (provider_id = (SELECT current_provider()))
                    WITH CHECK (provider_id = current_provider())', target);
    EXECUTE format('GRANT SELECT, INSERT ON %s TO {app}', target);
    CALL refuse_changes(target);
END
$$;

CREATE PROCEDURE refuse_changes(target regclass) LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %s
                    FOR EACH ROW EXECUTE FUNCTION refuse_change()', target);
    EXECUTE format('CREATE TRIGGER append_only_whole BEFORE TRUNCATE ON %s
                    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', target);
END
$$;

-- A state table: rows of the tenant may also change (devices, counters) but never go.
CREATE PROCEDURE protect_state(target regclass) LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY provider ON %s USING (provider_id = (SELECT current_provider()))
                    WITH CHECK (provider_id = current_provider())', target);
    EXECUTE format('GRANT SELECT, INSERT, UPDATE ON %s TO {app}', target);
END
$$;

-- The commissioner named on a row may read it.
CREATE PROCEDURE show_to_commissioner(target regclass) LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('CREATE POLICY commissioner ON %s FOR SELECT USING (commissioner_id = (SELECT current_commissioner()))',
                   target);
END
$$;

-- Whoever writes a row speaks for its own organisation, not for another that the row might name.
CREATE PROCEDURE speak_for_own(target regclass) LANGUAGE plpgsql AS
$$
BEGIN
    EXECUTE format('CREATE POLICY speaker ON %s AS RESTRICTIVE FOR INSERT
                    WITH CHECK (organisation_id IN (current_provider(), current_commissioner()))', target);
END
$$;

CREATE TABLE organisation (
    id uuid PRIMARY KEY,
    kind text NOT NULL CHECK (kind IN ('provider', 'council', 'nhs')),
    reference text NOT NULL UNIQUE,
    created_at timestamptz NOT NULL
);

CREATE TABLE organisation_version (
    organisation_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    version integer NOT NULL,
    name text NOT NULL,
    vat_identifier text,
    tax_identifier text,
    peppol_identifier text,
    address text,
    postcode text,
    email text,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, version)
);

CREATE TABLE user_account (
    id uuid PRIMARY KEY,
    organisation_id uuid REFERENCES organisation ON DELETE RESTRICT,
    role text NOT NULL CHECK (role IN ('manager', 'finance', 'commissioner', 'auditor', 'administrator', 'person')),
    email text NOT NULL,
    -- What an address is found by. A column, not an expression: row security keeps lower() from the index, as it may leak.
    email_key text NOT NULL GENERATED ALWAYS AS (lower(email)) STORED UNIQUE,
    password_hash text,
    created_at timestamptz NOT NULL,
    access_until date,                     -- the last London day; an auditor always has one
    disabled_at timestamptz,               -- whose access was ended before; null: it was not
    person_id uuid,                        -- the person supported by the organisation whose user it is
    CHECK ((role = 'administrator') = (organisation_id IS NULL)),
    CHECK ((role = 'person') = (person_id IS NOT NULL))
);

CREATE TABLE user_link (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE RESTRICT,
    organisation_id uuid,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);

CREATE TABLE user_session (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE RESTRICT,
    organisation_id uuid,
    csrf_token text NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    ended_at timestamptz,
    opened_by text NOT NULL DEFAULT 'password' CHECK (opened_by IN ('password', 'code', 'passkey', 'provider')),
    proven_at timestamptz,                 -- when its owner last showed who she is; null: when it was opened
    last_used_at timestamptz               -- to a minute or so; null: when it was opened
);
CREATE INDEX user_session_open ON user_session (user_id) WHERE ended_at IS NULL;
CREATE INDEX user_session_user ON user_session (user_id, expires_at);

CREATE TABLE user_passkey (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE RESTRICT,
    credential_id bytea NOT NULL,
    public_key bytea NOT NULL,             -- COSE_Key (RFC 9052)
    sign_count bigint NOT NULL,            -- 0: its authenticator keeps no counter
    name text NOT NULL,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    suspect_at timestamptz,                -- its counter went back: there may be a copy
    removed_at timestamptz
);
CREATE UNIQUE INDEX user_passkey_credential ON user_passkey (credential_id) WHERE removed_at IS NULL;
CREATE INDEX user_passkey_user ON user_passkey (user_id);

-- An authenticator app: its secret, sealed under the server's keys, and the time step of the last code that was taken.
CREATE TABLE user_authenticator (
    id uuid PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE RESTRICT,
    sealed_secret bytea NOT NULL,
    created_at timestamptz NOT NULL,
    last_step bigint NOT NULL,
    removed_at timestamptz
);
CREATE UNIQUE INDEX user_authenticator_user ON user_authenticator (user_id) WHERE removed_at IS NULL;

-- What opens an account whose authenticator app is lost, once each, by keyed hash.
CREATE TABLE user_recovery_code (
    user_id uuid NOT NULL REFERENCES user_account ON DELETE RESTRICT,
    code_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    spent_at timestamptz,                  -- used, or replaced by newer ones
    PRIMARY KEY (user_id, code_hash)
);

-- How the people of an organisation may sign in, version by version.
CREATE TABLE sign_in_rule_version (
    organisation_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    version integer NOT NULL,
    second_factor boolean NOT NULL,        -- whether a password alone opens nothing
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, version)
);

-- The sign-in service (OpenID Connect) of an organisation, version by version; its newest version counts.
CREATE TABLE sign_in_service_version (
    organisation_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    version integer NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    sealed_secret bytea,                   -- null: the service asks for none
    match text NOT NULL CHECK (match IN ('email', 'invitation')),
    enabled boolean NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, version)
);

-- Whom a sign-in service means by a subject: bound once, at the first sign-in.
CREATE TABLE user_subject (
    issuer text NOT NULL,
    subject text NOT NULL,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE RESTRICT,
    bound_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject),
    UNIQUE (user_id, issuer)
);

-- What somebody had filled in when she had to sign in again, or to show who she is elsewhere; sealed, for an hour.
CREATE TABLE kept_form (
    token_hash bytea PRIMARY KEY,
    user_id uuid NOT NULL REFERENCES user_account ON DELETE RESTRICT,
    sealed bytea NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX kept_form_expiry ON kept_form (expires_at);
CREATE INDEX kept_form_owner ON kept_form (user_id, expires_at);

-- Challenges that were answered, by digest, until they would have been too old anyway: each is good for one answer.
CREATE TABLE answered_challenge (
    digest bytea PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX answered_challenge_expiry ON answered_challenge (expires_at);
GRANT SELECT, INSERT, DELETE ON answered_challenge TO {app};

-- Failed sign-ins, keyed by a keyed hash of account or address: counted across processes, nothing personal kept.
CREATE TABLE sign_in_failure (
    subject bytea NOT NULL,
    failed_at timestamptz NOT NULL
);
CREATE INDEX sign_in_failure_subject ON sign_in_failure (subject, failed_at);
GRANT SELECT, INSERT, DELETE ON sign_in_failure TO {app};

CREATE FUNCTION sees_organisation(organisation_id uuid) RETURNS boolean LANGUAGE sql STABLE AS
$$ SELECT organisation_id = current_provider() OR organisation_id = current_commissioner() OR is_administrator() $$;

ALTER TABLE organisation ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON organisation USING (sees_organisation(id)) WITH CHECK (is_administrator());
GRANT SELECT, INSERT ON organisation TO {app};

ALTER TABLE organisation_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON organisation_version USING (sees_organisation(organisation_id)) WITH CHECK (is_administrator());
GRANT SELECT, INSERT ON organisation_version TO {app};
CALL refuse_changes('organisation_version');

ALTER TABLE user_account ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON user_account USING (sees_organisation(organisation_id) OR is_administrator())
    WITH CHECK (is_administrator());
GRANT SELECT, INSERT, UPDATE ON user_account TO {app};

ALTER TABLE user_link ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON user_link USING (is_administrator()) WITH CHECK (is_administrator());
GRANT SELECT, INSERT, UPDATE ON user_link TO {app};

ALTER TABLE user_passkey ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON user_passkey USING (is_administrator()) WITH CHECK (is_administrator());
GRANT SELECT, INSERT, UPDATE ON user_passkey TO {app};

ALTER TABLE user_authenticator ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON user_authenticator USING (is_administrator()) WITH CHECK (is_administrator());
GRANT SELECT, INSERT, UPDATE ON user_authenticator TO {app};

ALTER TABLE user_recovery_code ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON user_recovery_code USING (is_administrator()) WITH CHECK (is_administrator());
GRANT SELECT, INSERT, UPDATE ON user_recovery_code TO {app};

ALTER TABLE sign_in_rule_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON sign_in_rule_version USING (sees_organisation(organisation_id)) WITH CHECK (is_administrator());
GRANT SELECT, INSERT ON sign_in_rule_version TO {app};
CALL refuse_changes('sign_in_rule_version');

ALTER TABLE sign_in_service_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON sign_in_service_version USING (is_administrator()) WITH CHECK (is_administrator());
GRANT SELECT, INSERT ON sign_in_service_version TO {app};
CALL refuse_changes('sign_in_service_version');

ALTER TABLE user_subject ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON user_subject USING (is_administrator()) WITH CHECK (is_administrator());
GRANT SELECT, INSERT ON user_subject TO {app};
CALL refuse_changes('user_subject');

ALTER TABLE kept_form ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON kept_form USING (is_administrator()) WITH CHECK (is_administrator());
GRANT SELECT, INSERT, DELETE ON kept_form TO {app};

ALTER TABLE user_session ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON user_session USING (sees_organisation(organisation_id) OR is_administrator())
    WITH CHECK (sees_organisation(organisation_id) OR is_administrator());
GRANT SELECT, INSERT, UPDATE ON user_session TO {app};

-- The few look-ups that come before a tenant is known. Each answers one key with the least that the caller needs.
-- What runs as the owner names its search path, pg_temp last: unnamed, a temporary table of the caller's comes before ours.
CREATE FUNCTION organisation_by_reference(wanted text) RETURNS TABLE (id uuid, kind text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT o.id, o.kind FROM organisation o WHERE o.reference = wanted $$;

-- As recorded up to an instant, or as they are; of an organisation that came later, its first version.
CREATE FUNCTION organisation_names(wanted uuid[], at timestamptz DEFAULT NULL) RETURNS TABLE
    (id uuid, kind text, reference text, name text, address text, postcode text, email text, vat_identifier text,
     tax_identifier text, peppol_identifier text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT DISTINCT ON (o.id) o.id, o.kind, o.reference, v.name, v.address, v.postcode, v.email, v.vat_identifier,
           v.tax_identifier, v.peppol_identifier
    FROM organisation o JOIN organisation_version v ON v.organisation_id = o.id
    WHERE o.id = ANY (wanted)
    ORDER BY o.id, coalesce(v.recorded_at <= at, true) DESC,
        CASE WHEN coalesce(v.recorded_at <= at, true) THEN -v.version ELSE v.version END
$$;

CREATE FUNCTION every_provider() RETURNS TABLE (id uuid, reference text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT o.id, o.reference FROM organisation o WHERE o.kind = 'provider' ORDER BY o.reference $$;

CREATE FUNCTION sign_in_account(wanted text) RETURNS TABLE
    (id uuid, organisation_id uuid, kind text, role text, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT u.id, u.organisation_id, o.kind, u.role, u.password_hash
    FROM user_account u LEFT JOIN organisation o ON o.id = u.organisation_id
    WHERE u.email_key = lower(wanted) AND u.disabled_at IS NULL
$$;

-- `idle`: how long a session stays open without being used.
CREATE FUNCTION session_account(wanted bytea, at timestamptz, idle interval) RETURNS TABLE
    (user_id uuid, organisation_id uuid, kind text, role text, email text, csrf_token text, person_id uuid,
     proven_at timestamptz, factor_missing boolean, last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT u.id, u.organisation_id, o.kind, u.role, u.email, s.csrf_token, u.person_id,
           coalesce(s.proven_at, s.created_at),
           s.opened_by = 'password' AND coalesce(
               (SELECT r.second_factor FROM sign_in_rule_version r WHERE r.organisation_id = u.organisation_id
                ORDER BY r.version DESC LIMIT 1), false),
           coalesce(s.last_used_at, s.created_at)
    FROM user_session s JOIN user_account u ON u.id = s.user_id LEFT JOIN organisation o ON o.id = u.organisation_id
    WHERE s.token_hash = wanted AND s.ended_at IS NULL AND s.expires_at > at AND u.disabled_at IS NULL
      AND coalesce(s.last_used_at, s.created_at) > at - idle
      AND (u.access_until IS NULL OR (at AT TIME ZONE 'Europe/London')::date <= u.access_until)
$$;

REVOKE ALL ON FUNCTION organisation_by_reference, organisation_names, every_provider, sign_in_account, session_account
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION organisation_by_reference, organisation_names, every_provider, sign_in_account,
    session_account TO {app};
