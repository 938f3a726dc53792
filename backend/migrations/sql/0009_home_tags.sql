-- Cards, code fobs, NFC tags and telephone lines in people's homes, and what is proved by what they say.

CREATE TABLE home_tag (
    provider_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('qr_static', 'qr_rotating', 'nfc', 'line')),
    service_user_id uuid NOT NULL,         -- in whose home it is
    label text NOT NULL,
    uid bytea CHECK ((kind IN ('nfc', 'line')) = (uid IS NOT NULL)),  -- of a line a keyed hash of its number
    step_s integer CHECK ((kind = 'qr_rotating') = (step_s IS NOT NULL)),
    secret bytea NOT NULL,                 -- sealed: of a card its secret, of a fob its seed, of a tag SDMFileReadKey, of a line its number
    meta_key bytea,                        -- sealed: SDMMetaReadKey of a tag that encrypts its UID
    meta_key_hash bytea,                   -- keyed hash, so that a key that many tags share is tried once
    starts_at timestamptz NOT NULL,
    recorded_by uuid,                      -- null: from the command line
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, id),
    FOREIGN KEY (provider_id, service_user_id) REFERENCES service_user ON DELETE RESTRICT,
    CHECK ((meta_key IS NULL) = (meta_key_hash IS NULL))
);
CALL protect_fact('home_tag');
CREATE INDEX home_tag_person ON home_tag (provider_id, service_user_id);
CREATE INDEX home_tag_uid ON home_tag (provider_id, uid) WHERE uid IS NOT NULL;
CREATE INDEX home_tag_meta_key ON home_tag (provider_id, meta_key_hash) WHERE meta_key_hash IS NOT NULL;

CREATE TABLE home_tag_retirement (         -- lost, taken down or replaced: it proves nothing from then on
    provider_id uuid NOT NULL,
    tag_id uuid NOT NULL,
    retired_at timestamptz NOT NULL,
    reason text NOT NULL,
    recorded_by uuid,
    PRIMARY KEY (provider_id, tag_id),
    FOREIGN KEY (provider_id, tag_id) REFERENCES home_tag ON DELETE RESTRICT
);
CALL protect_fact('home_tag_retirement');

CREATE TABLE event_token (                 -- what the token of an event proved; stays when the token goes
    provider_id uuid NOT NULL,
    event_row uuid NOT NULL,
    rule_version text NOT NULL,
    verdict text NOT NULL CHECK (verdict IN ('verified', 'token_missing', 'token_unreadable', 'token_unknown_tag',
                                             'token_bad_mac', 'token_other_place', 'token_retired', 'line_unknown')),
    kind text CHECK (kind IN ('qr_static', 'qr_rotating', 'nfc', 'line', 'told_code', 'message')),
    tag_id uuid,
    counter integer,                       -- of an NFC tag whose code was right: it may prove one event
    occurred_at timestamptz NOT NULL,      -- as signed: with event_row it decides which event owns a counter
    accepted boolean NOT NULL,
    judged_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, event_row)
);
CALL protect_fact('event_token');
CREATE INDEX event_token_counter ON event_token (provider_id, tag_id, counter) WHERE counter IS NOT NULL;
-- A verdict holds neither the token nor a key: a commissioner may read those of the events that it may read.
CREATE POLICY commissioner ON event_token FOR SELECT USING (current_commissioner() IS NOT NULL AND EXISTS (
    SELECT FROM event e WHERE e.provider_id = event_token.provider_id AND e.row_id = event_token.event_row));

-- Whether another event that counts used this counter of the tag before, by what the phones signed: the earliest
-- occurred_at owns it, of equals the lowest row id, whatever came in first. Known as of an instant, or at all (null).
-- Its answer does not depend on who asks: an auditor sees the same verdict as the provider.
CREATE FUNCTION counter_owned_before(provider uuid, tag uuid, used integer, at timestamptz, event uuid,
                                     as_of timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT EXISTS (
        SELECT FROM event_token o
        LEFT JOIN event_release r ON r.provider_id = o.provider_id AND r.event_row = o.event_row
             AND (as_of IS NULL OR r.released_at <= as_of)
        WHERE o.provider_id = provider AND o.tag_id = tag AND o.counter = used
          AND (o.occurred_at, o.event_row) < (at, event) AND (o.accepted OR r.event_row IS NOT NULL)
          AND (as_of IS NULL OR o.judged_at <= as_of))
$$;

CREATE FUNCTION token_verdict(token event_token, as_of timestamptz) RETURNS text LANGUAGE sql STABLE AS
$$
    SELECT CASE WHEN token.verdict = 'verified' AND token.counter IS NOT NULL
                     AND counter_owned_before(token.provider_id, token.tag_id, token.counter, token.occurred_at,
                                              token.event_row, as_of)
                THEN 'token_replayed' ELSE token.verdict END
$$;

REVOKE ALL ON FUNCTION counter_owned_before FROM PUBLIC;
GRANT EXECUTE ON FUNCTION counter_owned_before TO {app};

CREATE TABLE telephone_service (           -- what tells us of calls and text messages to the provider's number
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL UNIQUE,
    dialect text NOT NULL CHECK (dialect IN ('plain', 'twilio')),
    label text NOT NULL,
    secret bytea NOT NULL,                 -- sealed: what its messages are signed with
    recorded_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (provider_id, id)
);
CALL protect_state('telephone_service');

CREATE FUNCTION telephone_home(wanted uuid) RETURNS TABLE (provider_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT t.provider_id FROM telephone_service t WHERE t.id = wanted $$;

REVOKE ALL ON FUNCTION telephone_home FROM PUBLIC;
GRANT EXECUTE ON FUNCTION telephone_home TO {app};
