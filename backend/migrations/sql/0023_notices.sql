-- Notices: who wants to hear of what, and what is on its way. A notice holds no personal data: a kind and an address here.
-- Triggers write it with the fact it tells of, in one transaction: none is lost, and none tells of what did not happen.

CREATE TABLE email_subscription (
    user_id uuid NOT NULL REFERENCES user_account ON DELETE RESTRICT,
    organisation_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    kind text NOT NULL,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (user_id, kind)
);
CREATE INDEX email_subscription_kind ON email_subscription (organisation_id, kind);
ALTER TABLE email_subscription ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON email_subscription USING (sees_organisation(organisation_id))
    WITH CHECK (sees_organisation(organisation_id));
GRANT SELECT, INSERT, DELETE ON email_subscription TO {app};

CREATE TABLE webhook (
    organisation_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    address text NOT NULL,
    sealed_secret bytea NOT NULL,
    kinds text[] NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (organisation_id, id)
);
ALTER TABLE webhook ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON webhook USING (sees_organisation(organisation_id)) WITH CHECK (sees_organisation(organisation_id));
GRANT SELECT, INSERT, UPDATE ON webhook TO {app};

CREATE TABLE notice (
    organisation_id uuid NOT NULL REFERENCES organisation ON DELETE RESTRICT,
    id uuid NOT NULL,
    kind text NOT NULL,
    path text NOT NULL,                    -- of the page to open
    raised_at timestamptz NOT NULL,
    PRIMARY KEY (organisation_id, id)
);
ALTER TABLE notice ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notice FOR SELECT USING (sees_organisation(organisation_id));
GRANT SELECT ON notice TO {app};
CALL refuse_changes('notice');

-- One notice on its way to one reader: an email to a user, or a call of a webhook.
CREATE TABLE notice_delivery (
    organisation_id uuid NOT NULL,
    id uuid NOT NULL,
    notice_id uuid NOT NULL,
    user_id uuid REFERENCES user_account ON DELETE RESTRICT,
    webhook_id uuid,
    attempts integer NOT NULL,
    next_at timestamptz NOT NULL,
    sent_at timestamptz,
    dead_at timestamptz,
    fault text,                            -- what became of the last attempt, in words without personal data
    PRIMARY KEY (organisation_id, id),
    FOREIGN KEY (organisation_id, notice_id) REFERENCES notice ON DELETE RESTRICT,
    FOREIGN KEY (organisation_id, webhook_id) REFERENCES webhook ON DELETE RESTRICT,
    CHECK ((user_id IS NULL) <> (webhook_id IS NULL))
);
CREATE INDEX notice_delivery_due ON notice_delivery (next_at) WHERE sent_at IS NULL AND dead_at IS NULL;
CREATE INDEX notice_delivery_webhook ON notice_delivery (organisation_id, webhook_id, sent_at);
CREATE INDEX notice_delivery_troubled ON notice_delivery (organisation_id, next_at)
    WHERE sent_at IS NULL AND attempts > 0 AND webhook_id IS NOT NULL;
CREATE INDEX notice_delivery_undelivered ON notice_delivery (user_id, dead_at)
    WHERE dead_at IS NOT NULL AND user_id IS NOT NULL;
ALTER TABLE notice_delivery ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON notice_delivery USING (sees_organisation(organisation_id))
    WITH CHECK (sees_organisation(organisation_id));
GRANT SELECT, UPDATE ON notice_delivery TO {app};

-- Tell an organisation's readers of something, if there are any. As the owner: whoever writes the fact may be of another.
CREATE FUNCTION tell(reader uuid, about text, page text, at timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
DECLARE made uuid := gen_random_uuid();
BEGIN
    IF reader IS NULL OR NOT EXISTS (
        SELECT FROM email_subscription s WHERE s.organisation_id = reader AND s.kind = about
        UNION ALL SELECT FROM webhook w WHERE w.organisation_id = reader AND w.ended_at IS NULL AND about = ANY (w.kinds))
    THEN
        RETURN;
    END IF;
    INSERT INTO notice (organisation_id, id, kind, path, raised_at) VALUES (reader, made, about, page, at);
    INSERT INTO notice_delivery (organisation_id, id, notice_id, user_id, webhook_id, attempts, next_at)
    SELECT reader, gen_random_uuid(), made, s.user_id, NULL, 0, at
    FROM email_subscription s JOIN user_account u ON u.id = s.user_id AND u.disabled_at IS NULL
    WHERE s.organisation_id = reader AND s.kind = about
    UNION ALL
    SELECT reader, gen_random_uuid(), made, NULL, w.id, 0, at
    FROM webhook w WHERE w.organisation_id = reader AND w.ended_at IS NULL AND about = ANY (w.kinds);
END
$$;
REVOKE ALL ON FUNCTION tell FROM PUBLIC;

CREATE FUNCTION tell_of_alert() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM tell(NEW.provider_id, CASE NEW.kind
        WHEN 'help' THEN 'help' WHEN 'silent' THEN 'phone_silent' ELSE 'visit_' || NEW.kind END,
        CASE NEW.kind WHEN 'help' THEN '/today' WHEN 'silent' THEN '/devices' ELSE '/visits/' || NEW.subject END,
        NEW.raised_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER tell AFTER INSERT ON alert FOR EACH ROW EXECUTE FUNCTION tell_of_alert();

CREATE FUNCTION tell_of_correction() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM tell(NEW.provider_id, 'correction', '/corrections', NEW.received_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER tell AFTER INSERT ON correction FOR EACH ROW EXECUTE FUNCTION tell_of_correction();

CREATE FUNCTION tell_of_dispute() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    PERFORM tell(NEW.provider_id, 'dispute', '/disputes/' || NEW.id, NEW.raised_at);
    RETURN NULL;
END
$$;
CREATE TRIGGER tell AFTER INSERT ON dispute FOR EACH ROW EXECUTE FUNCTION tell_of_dispute();

-- Of an invoice hear the provider and whoever is asked for the money; of a wage report the provider and whoever contracts
-- with it, since both may read it.
CREATE FUNCTION tell_of_document() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS
$$
BEGIN
    IF NEW.kind = 'wage_report' THEN
        PERFORM tell(r.id, 'report', '/wage-reports/' || NEW.id, NEW.created_at)
        FROM (SELECT NEW.provider_id AS id
              UNION SELECT c.commissioner_id FROM contract c WHERE c.provider_id = NEW.provider_id) r;
    ELSE
        PERFORM tell(r.id, 'invoice', '/invoices/' || NEW.id, NEW.created_at)
        FROM (SELECT NEW.provider_id AS id UNION SELECT NEW.payer_id) r;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER tell AFTER INSERT ON document FOR EACH ROW EXECUTE FUNCTION tell_of_document();

-- These write for any reader. Nobody hangs them on a table of his own: the right to is asked for there, not when they run.
REVOKE ALL ON FUNCTION tell_of_alert, tell_of_correction, tell_of_dispute, tell_of_document FROM PUBLIC;
