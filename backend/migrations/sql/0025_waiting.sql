-- What still waits for a decision, so that lists and counts of it need not look through all that was ever decided. It holds
-- nothing that the facts do not say: triggers write it with them, in one transaction, and nobody else.

CREATE TABLE waiting (
    provider_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    kind text NOT NULL CHECK (kind IN ('correction', 'quarantine', 'dispute')),
    item_id uuid NOT NULL,                 -- the correction, the row of the event, the dispute
    since timestamptz NOT NULL,            -- when it was received or raised
    carer_id uuid,
    left_out boolean NOT NULL,             -- an event that a manager said shall not count: it may be released all the same
    PRIMARY KEY (provider_id, kind, item_id)
);
CREATE INDEX waiting_since ON waiting (provider_id, kind, since, item_id);
CREATE INDEX waiting_open ON waiting (provider_id, kind) WHERE NOT left_out;
ALTER TABLE waiting ENABLE ROW LEVEL SECURITY;
CREATE POLICY provider ON waiting FOR SELECT USING (provider_id = current_provider());
-- Of disputes whatever their own policies show.
CREATE POLICY dispute ON waiting FOR SELECT USING (kind = 'dispute' AND current_provider() IS NULL AND EXISTS (
    SELECT FROM dispute p WHERE p.provider_id = waiting.provider_id AND p.id = waiting.item_id));
GRANT SELECT ON waiting TO {app};

CREATE FUNCTION wait_for_correction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO waiting (provider_id, kind, item_id, since, carer_id, left_out)
    VALUES (NEW.provider_id, 'correction', NEW.id, NEW.received_at, NEW.carer_id, false);
    RETURN NULL;
END
$$;
CREATE TRIGGER waits AFTER INSERT ON correction FOR EACH ROW EXECUTE FUNCTION wait_for_correction();

-- One that the carer objected to is open again. Decisions of a correction are numbered, so they come one after the other.
CREATE FUNCTION decide_waiting_correction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NEW.decision = 'objected' THEN
        INSERT INTO waiting (provider_id, kind, item_id, since, carer_id, left_out)
        SELECT c.provider_id, 'correction', c.id, c.received_at, c.carer_id, false FROM correction c
        WHERE c.provider_id = NEW.provider_id AND c.id = NEW.correction_id
        ON CONFLICT DO NOTHING;
    ELSE
        DELETE FROM waiting
        WHERE provider_id = NEW.provider_id AND kind = 'correction' AND item_id = NEW.correction_id;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER waits AFTER INSERT ON correction_decision FOR EACH ROW EXECUTE FUNCTION decide_waiting_correction();

CREATE FUNCTION wait_for_release() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO waiting (provider_id, kind, item_id, since, carer_id, left_out)
    VALUES (NEW.provider_id, 'quarantine', NEW.row_id, NEW.received_at, NEW.carer_id, false)
    ON CONFLICT DO NOTHING;                -- whatever this list holds, no event is refused for its sake
    RETURN NULL;
END
$$;
CREATE TRIGGER waits AFTER INSERT ON event FOR EACH ROW WHEN (NEW.outcome <> 'accepted')
    EXECUTE FUNCTION wait_for_release();

CREATE FUNCTION release_waiting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    DELETE FROM waiting WHERE provider_id = NEW.provider_id AND kind = 'quarantine' AND item_id = NEW.event_row;
    RETURN NULL;
END
$$;
CREATE TRIGGER waits AFTER INSERT ON event_release FOR EACH ROW EXECUTE FUNCTION release_waiting();

CREATE FUNCTION leave_out_waiting() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    UPDATE waiting SET left_out = true
    WHERE provider_id = NEW.provider_id AND kind = 'quarantine' AND item_id = NEW.subject;
    RETURN NULL;
END
$$;
CREATE TRIGGER waits AFTER INSERT ON acknowledgement FOR EACH ROW WHEN (NEW.kind = 'quarantine')
    EXECUTE FUNCTION leave_out_waiting();

CREATE FUNCTION wait_for_dispute() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    INSERT INTO waiting (provider_id, kind, item_id, since, carer_id, left_out)
    VALUES (NEW.provider_id, 'dispute', NEW.id, NEW.raised_at, NULL, false);
    RETURN NULL;
END
$$;
CREATE TRIGGER waits AFTER INSERT ON dispute FOR EACH ROW EXECUTE FUNCTION wait_for_dispute();

CREATE FUNCTION decide_waiting_dispute() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    DELETE FROM waiting WHERE provider_id = NEW.provider_id AND kind = 'dispute' AND item_id = NEW.dispute_id;
    RETURN NULL;
END
$$;
CREATE TRIGGER waits AFTER INSERT ON dispute_decision FOR EACH ROW EXECUTE FUNCTION decide_waiting_dispute();

-- As with notices: nobody hangs these on a table of his own.
REVOKE ALL ON FUNCTION wait_for_correction, decide_waiting_correction, wait_for_release, release_waiting, leave_out_waiting,
    wait_for_dispute, decide_waiting_dispute FROM PUBLIC;
