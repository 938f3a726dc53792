-- Calendars that follow a carer's rota: an address that cannot be guessed, kept as a hash, until somebody revokes it.

CREATE TABLE calendar_feed (
    provider_id uuid NOT NULL,
    id uuid NOT NULL,
    carer_id uuid NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    read_at timestamptz,                   -- when a calendar last asked, to the day
    revoked_at timestamptz,
    PRIMARY KEY (provider_id, id),
    FOREIGN KEY (provider_id, carer_id) REFERENCES carer ON DELETE RESTRICT
);
CALL protect_state('calendar_feed');
CREATE UNIQUE INDEX calendar_feed_carer ON calendar_feed (provider_id, carer_id) WHERE revoked_at IS NULL;

-- Comes before a tenant is known: whose calendar has this address.
CREATE FUNCTION calendar_of(wanted bytea) RETURNS TABLE (provider_id uuid, id uuid, carer_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT f.provider_id, f.id, f.carer_id FROM calendar_feed f WHERE f.token_hash = wanted AND f.revoked_at IS NULL $$;
REVOKE ALL ON FUNCTION calendar_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION calendar_of TO {app};
