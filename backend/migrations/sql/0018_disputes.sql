-- What becomes of an invoice after it is issued: payments, and disputes about its lines. All of it is appended.

CREATE TABLE payment (                     -- below zero: paid out, or an entry taken back
    provider_id uuid NOT NULL,
    id uuid NOT NULL,
    document_id uuid NOT NULL,
    paid_on date NOT NULL,
    pence bigint NOT NULL CHECK (pence <> 0),
    reference text NOT NULL,               -- of the bank or of the payer's advice
    recorded_by uuid,                      -- null: on the command line
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, document_id, reference, pence),
    FOREIGN KEY (provider_id, document_id) REFERENCES document ON DELETE RESTRICT
);
CALL protect_fact('payment');

-- Lines, payments and disputes are for whoever may read their document.
CREATE POLICY commissioner ON document_line FOR SELECT USING (current_commissioner() IS NOT NULL AND (
    SELECT true FROM document d WHERE d.provider_id = document_line.provider_id AND d.id = document_line.document_id));
CREATE POLICY commissioner ON payment FOR SELECT USING (current_commissioner() IS NOT NULL AND (
    SELECT true FROM document d WHERE d.provider_id = payment.provider_id AND d.id = payment.document_id));

CREATE TABLE dispute (                     -- about a line of a document, or about a visit that none bills yet
    provider_id uuid NOT NULL,
    id uuid NOT NULL,
    document_id uuid,
    line integer,
    number integer NOT NULL,               -- the first dispute of the line or visit, its second, ..
    words text NOT NULL,
    raised_by uuid NOT NULL,
    organisation_id uuid NOT NULL,         -- of who raised it: the provider's own where somebody rang
    raised_at timestamptz NOT NULL,
    visit_id uuid,                         -- where there is no line
    PRIMARY KEY (provider_id, id),
    UNIQUE (provider_id, document_id, line, number),
    FOREIGN KEY (provider_id, document_id, line) REFERENCES document_line ON DELETE RESTRICT,
    FOREIGN KEY (provider_id, visit_id) REFERENCES visit ON DELETE RESTRICT,
    CHECK ((document_id IS NULL) = (line IS NULL) AND (document_id IS NULL) = (visit_id IS NOT NULL))
);
CALL protect_fact('dispute');
CREATE INDEX dispute_raised ON dispute (provider_id, raised_at, id);
CREATE UNIQUE INDEX dispute_visit ON dispute (provider_id, visit_id, number) WHERE visit_id IS NOT NULL;
-- Whoever commissions a visit sees what is said of it before it is billed.
CREATE POLICY commissioner_visit ON dispute FOR SELECT USING (current_commissioner() IS NOT NULL AND EXISTS (
    SELECT FROM visit v WHERE v.provider_id = dispute.provider_id AND v.id = dispute.visit_id));
-- A visit as it is planned, for who pays a part of it by the package's funding of its day, or else the contract's, and
-- commissions none of it: no row of the visit itself is for such a payer.
CREATE FUNCTION paid_visit(whose uuid, wanted uuid) RETURNS TABLE
    (reference text, starts_at timestamptz, ends_at timestamptz, status text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS
$$
    SELECT (SELECT reference FROM visit t WHERE t.provider_id = whose AND t.id = wanted), v.starts_at, v.ends_at, v.status
    FROM (SELECT *, (w.starts_at AT TIME ZONE 'Europe/London')::date AS day FROM visit_version w
          WHERE w.provider_id = whose AND w.visit_id = wanted ORDER BY w.version DESC LIMIT 1) v
    JOIN LATERAL (
        SELECT contract_id, funding, ends_on FROM package_version k
        WHERE k.provider_id = whose AND k.package_id = v.package_id AND k.starts_on <= v.day
        ORDER BY k.starts_on DESC, k.version DESC LIMIT 1) p ON p.ends_on IS NULL OR p.ends_on >= v.day
    LEFT JOIN LATERAL (
        SELECT terms -> 'funding' AS funding, ends_on FROM contract_version k
        WHERE k.provider_id = whose AND k.contract_id = p.contract_id AND k.starts_on <= v.day
        ORDER BY k.starts_on DESC, k.version DESC LIMIT 1) c ON c.ends_on IS NULL OR c.ends_on >= v.day
    WHERE EXISTS (
        SELECT FROM jsonb_array_elements(coalesce(p.funding, c.funding)) AS share
        JOIN organisation o ON o.reference = share ->> 'payer'
        WHERE o.id = current_commissioner() AND (share ->> 'percent')::numeric > 0)
$$;
REVOKE ALL ON FUNCTION paid_visit FROM PUBLIC;
GRANT EXECUTE ON FUNCTION paid_visit TO {app};
CREATE POLICY payer_visit ON dispute FOR SELECT USING (
    current_commissioner() IS NOT NULL AND visit_id IS NOT NULL AND EXISTS (SELECT FROM paid_visit(provider_id, visit_id)));
CREATE POLICY commissioner ON dispute FOR SELECT USING (current_commissioner() IS NOT NULL AND EXISTS (
    SELECT FROM document d WHERE d.provider_id = dispute.provider_id AND d.id = dispute.document_id));
CREATE POLICY commissioner_own ON dispute FOR INSERT WITH CHECK (
    organisation_id = current_commissioner() AND EXISTS (
        SELECT FROM document d WHERE d.provider_id = dispute.provider_id AND d.id = dispute.document_id));
CREATE POLICY commissioner_own_visit ON dispute FOR INSERT WITH CHECK (
    organisation_id = current_commissioner() AND EXISTS (
        SELECT FROM visit v WHERE v.provider_id = dispute.provider_id AND v.id = dispute.visit_id));

CREATE TABLE dispute_answer (
    provider_id uuid NOT NULL,
    dispute_id uuid NOT NULL,
    number integer NOT NULL,
    words text NOT NULL,
    event_rows uuid[] NOT NULL,            -- the visit's events that counted then
    answered_by uuid NOT NULL,
    answered_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, dispute_id, number),
    FOREIGN KEY (provider_id, dispute_id) REFERENCES dispute ON DELETE RESTRICT
);
CALL protect_fact('dispute_answer');
CREATE POLICY commissioner ON dispute_answer FOR SELECT USING (EXISTS (
    SELECT FROM dispute p WHERE p.provider_id = dispute_answer.provider_id AND p.id = dispute_answer.dispute_id));

CREATE TABLE dispute_decision (            -- one for each dispute, for good
    provider_id uuid NOT NULL,
    dispute_id uuid NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('stands', 'credit', 'not_billed')),
    asked_pence bigint NOT NULL,           -- what the payer was asked for the visit when it was decided, before VAT
    credit_pence bigint NOT NULL CHECK (credit_pence >= 0),
    words text NOT NULL,
    decided_by uuid NOT NULL,
    decided_at timestamptz NOT NULL,
    PRIMARY KEY (provider_id, dispute_id),
    FOREIGN KEY (provider_id, dispute_id) REFERENCES dispute ON DELETE RESTRICT,
    CHECK ((outcome = 'credit') = (credit_pence > 0)),
    CHECK (credit_pence = 0 OR credit_pence <= asked_pence)
);
CALL protect_fact('dispute_decision');
CREATE INDEX dispute_decision_decided ON dispute_decision (provider_id, decided_at);
CREATE POLICY commissioner ON dispute_decision FOR SELECT USING (EXISTS (
    SELECT FROM dispute p WHERE p.provider_id = dispute_decision.provider_id AND p.id = dispute_decision.dispute_id));

ALTER TABLE document_line ADD FOREIGN KEY (provider_id, dispute_id) REFERENCES dispute ON DELETE RESTRICT;
