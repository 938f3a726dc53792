-- Disputes about lines of invoices, and about visits that no document bills yet. $1 is an array of providers unless the query says otherwise; row security shows a
-- commissioner those of the documents it may read.

-- name: line
-- A line of an invoice, and how many disputes there have been about it and are open.
SELECT l.provider_id, l.document_id, l.line, l.visit_id, d.number,
    (SELECT count(*) FROM dispute p
     WHERE p.provider_id = l.provider_id AND p.document_id = l.document_id AND p.line = l.line) AS raised,
    (SELECT count(*) FROM dispute p
     WHERE p.provider_id = l.provider_id AND p.document_id = l.document_id AND p.line = l.line AND NOT EXISTS (
         SELECT FROM dispute_decision x WHERE x.provider_id = p.provider_id AND x.dispute_id = p.id)) AS open
FROM document_line l JOIN document d ON d.provider_id = l.provider_id AND d.id = l.document_id
WHERE l.provider_id = ANY ($1::uuid[]) AND l.document_id = $2 AND l.line = $3

-- name: lock
-- What is said and decided about one visit's lines comes one after the other. $1 is the visit.
SELECT pg_advisory_xact_lock(hashtextextended('dispute/' || $1::uuid::text, 0))

-- name: insert
-- About a line, or about the visit $10. $1 is the provider.
INSERT INTO dispute (provider_id, id, document_id, line, number, words, raised_by, organisation_id, raised_at, visit_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: of_visit
-- What was said of a visit before it was billed, the newest last. $1 is the provider.
SELECT p.number, x.outcome FROM dispute p
LEFT JOIN dispute_decision x ON x.provider_id = p.provider_id AND x.dispute_id = p.id
WHERE p.provider_id = $1 AND p.visit_id = $2 ORDER BY p.number

-- name: starts
-- When a visit that the reader may see is to start. $1 is the provider; a person sees their own alone.
SELECT coalesce(own_visit_starts($2), (
    SELECT starts_at FROM visit_version WHERE provider_id = $1 AND visit_id = $2 ORDER BY version DESC LIMIT 1))

-- name: visit
-- A visit as it is planned now, for whoever commissions or gives it, or pays a part of it. $1 is the provider.
(SELECT v.reference, w.starts_at, w.ends_at, w.status FROM visit v
 JOIN visit_version w ON w.provider_id = v.provider_id AND w.visit_id = v.id
 WHERE v.provider_id = $1 AND v.id = $2 ORDER BY w.version DESC LIMIT 1)
UNION ALL SELECT * FROM paid_visit($1, $2) LIMIT 1

-- name: insert_answer
-- With the events of the visit that count now. $1 is the provider, $3 the visit.
INSERT INTO dispute_answer (provider_id, dispute_id, number, words, event_rows, answered_by, answered_at)
SELECT $1, $2, 1 + (SELECT count(*) FROM dispute_answer a WHERE a.provider_id = $1 AND a.dispute_id = $2), $4,
    coalesce((SELECT array_agg(e.row_id ORDER BY e.paid_at, e.row_id) FROM event e
              LEFT JOIN event_release r ON r.provider_id = e.provider_id AND r.event_row = e.row_id
              WHERE e.provider_id = $1 AND e.visit_id = $3 AND (e.outcome = 'accepted' OR r.event_row IS NOT NULL)),
             '{}'), $5, $6

-- name: insert_decision
-- $1 is the provider.
INSERT INTO dispute_decision (provider_id, dispute_id, outcome, asked_pence, credit_pence, words, decided_by, decided_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: listed
-- $2: one dispute; $3: one document's; $4: only those that nobody has decided. After ($5, $6): the rows behind that one,
-- the newest first. Of each provider no more than a page is read.
WITH found AS (
    SELECT w.provider_id, w.item_id AS id FROM waiting w
    WHERE $4 AND w.provider_id = ANY ($1::uuid[]) AND w.kind = 'dispute'
    UNION ALL
    SELECT p.provider_id, p.id FROM unnest($1::uuid[]) AS o (provider_id) CROSS JOIN LATERAL (
        SELECT p.provider_id, p.id FROM dispute p
        WHERE NOT $4 AND $2::uuid IS NULL AND $3::uuid IS NULL AND p.provider_id = o.provider_id
          AND ($5::timestamptz IS NULL OR (p.raised_at, p.id) < ($5, $6))
        ORDER BY p.raised_at DESC, p.id DESC LIMIT $7) p
    UNION ALL
    SELECT p.provider_id, p.id FROM dispute p
    WHERE NOT $4 AND p.provider_id = ANY ($1::uuid[]) AND p.id = $2 AND ($3::uuid IS NULL OR p.document_id = $3)
    UNION ALL
    SELECT p.provider_id, p.id FROM dispute p
    WHERE NOT $4 AND $2::uuid IS NULL AND p.provider_id = ANY ($1::uuid[]) AND p.document_id = $3)
SELECT p.provider_id, p.id, p.document_id, p.line, p.number AS nth, p.words, p.raised_by, p.organisation_id, p.raised_at,
    u.email AS raised_email, d.number, d.contract_id, d.payer_id, d.payer AS addressed,
    coalesce(l.visit_id, p.visit_id) AS visit_id, coalesce(v.reference, paid.reference) AS visit, l.payer, l.amount_pence,
    (SELECT count(*) FROM dispute_answer a WHERE a.provider_id = p.provider_id AND a.dispute_id = p.id) AS answers,
    x.outcome, x.credit_pence, x.words AS decision_words, x.decided_at, w.email AS decided_email
FROM found JOIN dispute p ON p.provider_id = found.provider_id AND p.id = found.id
LEFT JOIN document d ON d.provider_id = p.provider_id AND d.id = p.document_id
LEFT JOIN document_line l ON l.provider_id = p.provider_id AND l.document_id = p.document_id AND l.line = p.line
LEFT JOIN visit v ON v.provider_id = p.provider_id AND v.id = p.visit_id
LEFT JOIN LATERAL paid_visit(p.provider_id, p.visit_id) paid ON v.id IS NULL AND p.visit_id IS NOT NULL
LEFT JOIN dispute_decision x ON x.provider_id = p.provider_id AND x.dispute_id = p.id
LEFT JOIN user_account u ON u.id = p.raised_by
LEFT JOIN user_account w ON w.id = x.decided_by
WHERE $5::timestamptz IS NULL OR (p.raised_at, p.id) < ($5, $6)
ORDER BY p.raised_at DESC, p.id DESC LIMIT $7

-- name: answers
-- Of one dispute. $1 is the provider.
SELECT a.number, a.words, a.event_rows, a.answered_at, u.email
FROM dispute_answer a LEFT JOIN user_account u ON u.id = a.answered_by
WHERE a.provider_id = $1 AND a.dispute_id = $2 ORDER BY a.number

-- name: events
-- What phones said, of events by their rows, as far as the reader may see it; where the phone was only in words. $1 is
-- the provider.
SELECT e.row_id, e.kind, e.paid_at, e.received_at, e.method, encode(e.signed_hash, 'hex') AS signed_hash, j.fence,
    j.evidence_level
FROM event e
LEFT JOIN LATERAL (
    SELECT fence, evidence_level FROM event_judgement w
    WHERE w.provider_id = e.provider_id AND w.event_row = e.row_id ORDER BY judged_at DESC LIMIT 1) j ON true
WHERE e.provider_id = $1 AND e.row_id = ANY ($2::uuid[]) ORDER BY e.paid_at, e.row_id
