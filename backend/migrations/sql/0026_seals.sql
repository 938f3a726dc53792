-- Seals: what was recorded of a provider up to the end of a day, row by row, signed and chained as checkpoints are; what
-- commissioners hold of them outside; and what the nightly look at all of it found.

CREATE TABLE seal (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    number bigint NOT NULL,
    since timestamptz,                     -- null: the first one, of all that was recorded before
    until timestamptz NOT NULL,            -- what was recorded before this instant is in it, or in one before
    created_at timestamptz NOT NULL,
    body bytea NOT NULL,                   -- canonical JSON, the bytes that were signed
    kid text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (provider_id, number)
);
CALL protect_fact('seal');

CREATE TABLE seal_rows (                   -- of each row of a table its key and its content, as digests; the seal has their digest
    provider_id uuid NOT NULL,
    number bigint NOT NULL,
    table_name text NOT NULL,
    rows bytea NOT NULL,
    PRIMARY KEY (provider_id, number, table_name),
    FOREIGN KEY (provider_id, number) REFERENCES seal ON DELETE RESTRICT
);
CALL protect_fact('seal_rows');

CREATE TABLE record_check (                -- a look at checkpoints, seals and all that they hold
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    checked_at timestamptz NOT NULL,
    checkpoints integer NOT NULL,          -- how many there were
    seals integer NOT NULL,
    facts bigint NOT NULL,                 -- rows that were held against a seal
    faults text[] NOT NULL,                -- what is wrong, in words without personal data
    PRIMARY KEY (provider_id, id)
);
CALL protect_fact('record_check');
CREATE INDEX record_check_at ON record_check (provider_id, checked_at);

-- Of each provider what the newest look found: how many faults. For metrics, which belong to no tenant.
CREATE FUNCTION newest_record_checks() RETURNS TABLE (reference text, checked_at timestamptz, faults integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT o.reference, c.checked_at, cardinality(c.faults) FROM organisation o
    JOIN LATERAL (SELECT k.checked_at, k.faults FROM record_check k WHERE k.provider_id = o.id
                  ORDER BY k.checked_at DESC LIMIT 1) c ON true
    ORDER BY o.reference
$$;
REVOKE ALL ON FUNCTION newest_record_checks FROM PUBLIC;
GRANT EXECUTE ON FUNCTION newest_record_checks TO {app};

CREATE FUNCTION sealed_until() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$ SELECT max(until) FROM seal $$;
REVOKE ALL ON FUNCTION sealed_until FROM PUBLIC;
GRANT EXECUTE ON FUNCTION sealed_until TO {app};

-- The rows of a table that were recorded from `opens` (null: ever) up to before `closes`, as the asker may see them: the
-- key of each, a digest of its `columns` and one of those that name or describe somebody. When a row was recorded says
-- the column `recorded[1]`, or that column of the rows of the table `recorded[2]` whose `recorded[3]` is this one's
-- `recorded[4]`: the first of them.
CREATE FUNCTION rows_to_seal(target text, columns text[], personal text[], recorded text[], opens timestamptz,
                             closes timestamptz) RETURNS TABLE (key text, content bytea, about bytea)
LANGUAGE plpgsql STABLE SET timezone = 'UTC' AS
$$
DECLARE
    first text;
    holds text;
BEGIN
    IF array_length(recorded, 1) = 1 THEN
        first := format('t.%I', recorded[1]);
        holds := 'true';
    ELSE
        first := format('(SELECT min(p.%I) FROM %I p WHERE p.provider_id = t.provider_id AND p.%I = t.%I)',
                        recorded[1], recorded[2], recorded[3], recorded[4]);
        holds := format('t.%I IN (SELECT p.%I FROM %I p WHERE p.provider_id = current_provider()
                         AND ($1 IS NULL OR p.%I >= $1) AND p.%I < $2)',
                        recorded[4], recorded[3], recorded[2], recorded[1], recorded[1]);
    END IF;
    RETURN QUERY EXECUTE format(
        'SELECT jsonb_build_array(%s)::text, sha256(convert_to(jsonb_build_array(%s)::text, ''UTF8'')),
                sha256(convert_to(jsonb_build_array(%s)::text, ''UTF8''))
         FROM %I t WHERE t.provider_id = current_provider() AND %s AND ($1 IS NULL OR %s >= $1) AND %s < $2',
        (SELECT string_agg(format('t.%I', a.attname), ', ' ORDER BY k.place)
         FROM pg_index i CROSS JOIN unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (number, place)
         JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number
         WHERE i.indrelid = to_regclass(quote_ident(target)) AND i.indisprimary AND a.attname <> 'provider_id'),
        (SELECT string_agg(format('t.%I', c.name), ', ' ORDER BY c.place) FROM unnest(columns) WITH ORDINALITY AS c (name, place)),
        (SELECT string_agg(format('t.%I', c.name), ', ' ORDER BY c.place) FROM unnest(personal) WITH ORDINALITY AS c (name, place)),
        target, holds, first, first) USING opens, closes;
END
$$;
REVOKE ALL ON FUNCTION rows_to_seal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION rows_to_seal TO {app};

-- What a commissioner keeps of each day outside: the newest checkpoint and seal of every provider that works for it.
CREATE TABLE commissioner_digest (
    organisation_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    day date NOT NULL,
    created_at timestamptz NOT NULL,
    body bytea NOT NULL,                   -- canonical JSON, the bytes that were signed
    kid text NOT NULL,
    signature bytea NOT NULL,
    PRIMARY KEY (organisation_id, day)
);
ALTER TABLE commissioner_digest ENABLE ROW LEVEL SECURITY;
CREATE POLICY commissioner ON commissioner_digest USING (organisation_id = current_commissioner())
    WITH CHECK (organisation_id = current_commissioner());
GRANT SELECT, INSERT ON commissioner_digest TO {app};
CALL refuse_changes('commissioner_digest');

-- Whoever commissions work or was asked to pay for some, with the day of the newest digest.
CREATE FUNCTION digests_due() RETURNS TABLE (id uuid, reference text, newest date)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT o.id, o.reference, (SELECT max(d.day) FROM commissioner_digest d WHERE d.organisation_id = o.id)
    FROM organisation o
    WHERE o.id IN (SELECT commissioner_id FROM contract UNION SELECT payer_id FROM document WHERE payer_id IS NOT NULL)
      AND o.kind <> 'provider'
    ORDER BY o.reference
$$;

-- Of each provider that works for the open commissioner: the bodies of its newest checkpoint and seal. They hold digests alone.
CREATE FUNCTION newest_of_providers() RETURNS TABLE
    (provider_id uuid, reference text, checkpoint bytea, checkpoint_number bigint, seal bytea, seal_number bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT o.id, o.reference, c.body, c.number, s.body, s.number
    FROM organisation o
    LEFT JOIN LATERAL (SELECT body, number FROM checkpoint k WHERE k.provider_id = o.id
                       ORDER BY k.number DESC LIMIT 1) c ON true
    LEFT JOIN LATERAL (SELECT body, number FROM seal k WHERE k.provider_id = o.id
                       ORDER BY k.number DESC LIMIT 1) s ON true
    WHERE o.id IN (SELECT k.provider_id FROM contract k WHERE k.commissioner_id = current_commissioner()
                   UNION SELECT d.provider_id FROM document d WHERE d.payer_id = current_commissioner())
    ORDER BY o.reference
$$;
REVOKE ALL ON FUNCTION digests_due, newest_of_providers FROM PUBLIC;
GRANT EXECUTE ON FUNCTION digests_due, newest_of_providers TO {app};

CREATE FUNCTION tell_of_digest() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM tell(NEW.organisation_id, 'digest', '/digests/' || NEW.day, NEW.created_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER tell AFTER INSERT ON commissioner_digest FOR EACH ROW EXECUTE FUNCTION tell_of_digest();

CREATE FUNCTION tell_of_check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF cardinality(NEW.faults) > 0 THEN
        PERFORM tell(NEW.provider_id, 'record_changed', '/record-checks', NEW.checked_at);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tell AFTER INSERT ON record_check FOR EACH ROW EXECUTE FUNCTION tell_of_check();
REVOKE ALL ON FUNCTION tell_of_digest, tell_of_check FROM PUBLIC;
