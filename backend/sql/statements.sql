-- Statements for people supported. $1 is the provider.

-- name: commissioned
-- Whether the reader, a commissioner, has a package of this person: row security shows it no other.
SELECT EXISTS (SELECT FROM package_version WHERE provider_id = $1 AND service_user_id = $2)

-- name: carers
-- Names of carers by employment, as recorded up to $2.
SELECT DISTINCT ON (e.id) e.id::text AS employment_id, e.carer_id::text, v.name
FROM employment e JOIN employment_version v ON v.provider_id = e.provider_id AND v.employment_id = e.id
WHERE e.provider_id = $1 AND v.recorded_at <= $2
ORDER BY e.id, v.version DESC

-- name: billed
-- What documents issued up to $3 ask of all payers for these visits.
SELECT l.visit_id::text, d.number, l.payer, l.amount_pence, l.vat_category, l.vat_rate, l.vat_reason
FROM document_line l JOIN document d ON d.provider_id = l.provider_id AND d.id = l.document_id
WHERE l.provider_id = $1 AND l.visit_id = ANY ($2) AND d.created_at <= $3
ORDER BY d.number, l.line

-- name: invoices
-- The documents that were sent to a payer, with periods that touch $3 to $4, issued up to $5.
SELECT number, kind, period_start, period_end, total_pence + vat_pence AS pence
FROM document
WHERE provider_id = $1 AND payer = $2 AND kind IN ('invoice', 'credit_note') AND period_start <= $4 AND period_end >= $3
    AND created_at <= $5
ORDER BY number

-- name: to_come
-- Of the person whose transaction it is; $1 and $2 are instants.
SELECT visit_id, starts_at, ends_at, status, service, carers FROM own_visits($1, $2)

-- name: own_line
-- Where a visit of the person was billed, rather on a document of their own, and whether a dispute about it is open.
SELECT l.document_id, l.line,
    (SELECT count(*) FROM dispute p
     WHERE p.provider_id = l.provider_id AND p.document_id = l.document_id AND p.line = l.line) AS raised,
    (SELECT count(*) FROM dispute p
     WHERE p.provider_id = l.provider_id AND p.document_id = l.document_id AND p.line = l.line AND NOT EXISTS (
         SELECT FROM dispute_decision x WHERE x.provider_id = p.provider_id AND x.dispute_id = p.id)) AS open
FROM document_line l
WHERE l.provider_id = $1 AND l.visit_id = $2 AND l.amount_pence > 0
ORDER BY l.payer = 'person' DESC, l.adjusts_document IS NULL DESC, l.document_id, l.line LIMIT 1

-- name: told
-- What the person, or who speaks for them, said about their visits, themselves or by the provider when they rang, and
-- what became of it. What a commissioner said is not theirs.
SELECT p.raised_at, p.words, x.outcome, x.words AS decision, x.decided_at,
    ARRAY(SELECT a.words FROM dispute_answer a WHERE a.provider_id = p.provider_id AND a.dispute_id = p.id
          ORDER BY a.number) AS answers
FROM dispute p LEFT JOIN dispute_decision x ON x.provider_id = p.provider_id AND x.dispute_id = p.id
WHERE p.provider_id = $1 AND p.organisation_id = p.provider_id ORDER BY p.raised_at DESC
