-- What audit tests read of a provider, and what is kept of audits. $1 is always the provider.

-- name: marks
-- Accepted and released check-ins and check-outs within a range, with what was judged of their position, and the
-- position itself while it is held. An unplanned visit takes its id from its check-in, as in visits.events.
SELECT e.row_id::text, e.device_id::text, e.carer_id::text, e.kind,
       CASE WHEN e.visit_id IS NOT NULL THEN e.visit_id::text
            ELSE visit_nobody_planned(e.carer_id, coalesce(e.check_in_id, e.event_id))::text END,
       e.paid_at, e.occurred_at, e.received_at, e.flags, j.fence, j.distance_m, j.accuracy_m, j.fix_age_s, j.at_home,
       coalesce(j.reasons, '{}'), (a.fix->>'lat')::double precision, (a.fix->>'lon')::double precision,
       e.offset_low_ms, e.offset_high_ms
FROM event e
LEFT JOIN event_release r ON r.provider_id = e.provider_id AND r.event_row = e.row_id AND r.released_at <= $4
LEFT JOIN LATERAL (
    SELECT w.fence, w.distance_m, w.accuracy_m, w.fix_age_s, w.at_home, w.reasons FROM event_judgement w
    WHERE w.provider_id = e.provider_id AND w.event_row = e.row_id AND w.judged_at <= $4
    ORDER BY w.number DESC LIMIT 1) j ON true
LEFT JOIN LATERAL (
    SELECT convert_from(w.content, 'UTF8')::json AS fix FROM event_attachment w
    WHERE w.provider_id = e.provider_id AND w.event_row = e.row_id AND w.kind = 'fix') a ON true
WHERE e.provider_id = $1 AND e.paid_at >= $2 AND e.paid_at < $3 AND e.received_at <= $4
  AND e.kind IN ('check_in', 'check_out') AND e.event_id IS NOT NULL
  AND (e.outcome = 'accepted' OR r.event_row IS NOT NULL)

-- name: phones
SELECT id::text, carer_id::text, install_id, least(revoked_at, replaced_at) FROM device
WHERE provider_id = $1 AND enrolled_at <= $2

-- name: absences
SELECT service_user_id::text, kind, starts_on, ends_on FROM (
    SELECT DISTINCT ON (service_user_id, kind, starts_on) service_user_id, kind, starts_on, ends_on
    FROM absence_version WHERE provider_id = $1 AND recorded_at <= $2
    ORDER BY service_user_id, kind, starts_on, version DESC) newest

-- name: lines
SELECT coalesce(d.number, d.id::text), l.line, l.visit_id::text, l.employment_id::text, l.payer, l.amount_pence,
       l.adjusts_document IS NOT NULL
FROM document_line l JOIN document d ON d.provider_id = l.provider_id AND d.id = l.document_id
WHERE l.provider_id = $1 AND l.visit_id = ANY ($2::uuid[]) AND d.created_at <= $3

-- name: periods
SELECT contract_id::text, period_start, period_end, max(as_of) FROM document
WHERE provider_id = $1 AND contract_id IS NOT NULL AND period_end >= $2 AND period_start <= $3 AND created_at <= $4
GROUP BY contract_id, period_start, period_end

-- name: parked
SELECT DISTINCT p.visit_id::text FROM parked_visit p
WHERE p.provider_id = $1 AND p.visit_id = ANY ($2::uuid[])

-- name: edits
SELECT c.id::text, c.visit_id::text, c.carer_id::text, c.proposed_start, c.proposed_end, c.reason_code,
       coalesce(c.user_id, c.carer_id)::text, c.received_at, d.decision, d.decided_by::text, d.decided_at
FROM correction c
LEFT JOIN LATERAL (
    SELECT decision, decided_by, decided_at FROM correction_decision w
    WHERE w.provider_id = c.provider_id AND w.correction_id = c.id AND w.decided_at <= $3
    ORDER BY number DESC LIMIT 1) d ON true
WHERE c.provider_id = $1 AND c.visit_id = ANY ($2::uuid[]) AND c.received_at <= $3

-- name: elsewhere
SELECT visit_id::text, carer_id::text, seconds FROM worked_elsewhere($1, $2, $3, $4)

-- name: roundings
-- How each contract in force in a range rounds the length of a visit.
SELECT DISTINCT ON (contract_id) contract_id::text, terms->'rounding' AS rounding FROM contract_version
WHERE provider_id = $1 AND starts_on <= $2 AND recorded_at <= $3
ORDER BY contract_id, starts_on DESC, version DESC

-- name: commissioners
SELECT DISTINCT visit_id::text, commissioner_id FROM visit_version
WHERE provider_id = $1 AND visit_id = ANY ($2::uuid[])

-- name: insert_run
INSERT INTO audit_run (provider_id, id, starts_on, ends_on, as_of, limits_id, visits, asked_by, organisation_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: insert_flags
INSERT INTO audit_flag (provider_id, run_id, number, key, test, carer_id, visit_id, visit_ids, event_rows, others, at,
                        measured, limited, commissioner_ids, employment)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

-- name: insert_population
INSERT INTO audit_run_population (provider_id, run_id, commissioner_id, visits) VALUES ($1, $2, $3, $4)

-- name: insert_run_visits
INSERT INTO audit_run_visit (provider_id, run_id, number, visit_id, carer_id, commissioner_id, employment, planned_start,
                             planned_end, recorded_start, recorded_end, actual_start, actual_end, evidence_level)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: runs
-- $1 is an array of providers: the newest audits, or those behind the one of the instant $4 and the id $5. Of a commissioner,
-- $3, only its own attendances are counted.
SELECT r.provider_id, r.id, r.starts_on, r.ends_on, r.as_of, r.limits_id, r.created_at,
       CASE WHEN $3::uuid IS NULL THEN r.visits ELSE coalesce(p.visits, 0) END AS visits,
       (SELECT count(*) FROM audit_flag f WHERE f.provider_id = r.provider_id AND f.run_id = r.id) AS flags
FROM audit_run r
LEFT JOIN audit_run_population p ON p.provider_id = r.provider_id AND p.run_id = r.id AND p.commissioner_id = $3
WHERE r.provider_id = ANY ($1::uuid[])
  AND ($4::timestamptz IS NULL OR r.created_at < $4 OR (r.created_at = $4 AND r.id > $5))
ORDER BY r.created_at DESC, r.id LIMIT $2

-- name: run
-- $1 is an array of providers. Of a commissioner, $3, only its own attendances are counted.
SELECT r.provider_id, r.id, r.starts_on, r.ends_on, r.as_of, r.limits_id, r.created_at,
       CASE WHEN $3::uuid IS NULL THEN r.visits ELSE coalesce(p.visits, 0) END AS visits
FROM audit_run r
LEFT JOIN audit_run_population p ON p.provider_id = r.provider_id AND p.run_id = r.id AND p.commissioner_id = $3
WHERE r.provider_id = ANY ($1::uuid[]) AND r.id = $2

-- name: run_visits
SELECT visit_id, carer_id, employment, planned_start, planned_end, recorded_start, recorded_end, actual_start,
       actual_end, evidence_level
FROM audit_run_visit WHERE provider_id = $1 AND run_id = $2 AND visit_id = ANY ($3::uuid[])
ORDER BY coalesce(recorded_start, planned_start), number

-- name: counts
SELECT f.test, count(*) AS flags,
       count(*) FILTER (WHERE coalesce(d.state, 'open') = 'open') AS open
FROM audit_flag f
LEFT JOIN LATERAL (
    SELECT state FROM audit_decision w WHERE w.provider_id = f.provider_id AND w.key = f.key
    ORDER BY w.number DESC LIMIT 1) d ON true
WHERE f.provider_id = $1 AND f.run_id = $2 GROUP BY f.test

-- name: flags
-- Flags of a run, of one test or all (null), behind a number; with their state.
SELECT f.number, f.key, f.test, f.carer_id, f.employment, f.visit_id, f.visit_ids, f.event_rows, f.others, f.at, f.measured,
       f.limited, coalesce(d.state, 'open') AS state
FROM audit_flag f
LEFT JOIN LATERAL (
    SELECT state FROM audit_decision w WHERE w.provider_id = f.provider_id AND w.key = f.key
    ORDER BY w.number DESC LIMIT 1) d ON true
WHERE f.provider_id = $1 AND f.run_id = $2 AND ($3::text IS NULL OR f.test = $3) AND f.number > $4
ORDER BY f.number LIMIT $5

-- name: flag_key
SELECT key FROM audit_flag WHERE provider_id = $1 AND run_id = $2 AND number = $3

-- name: lock_flag
SELECT pg_advisory_xact_lock(hashtextextended($1::text || $2, 0))

-- name: decisions
-- Everything decided about flags, in order. The address of whoever decided, if it is one of the reader's own people.
SELECT d.key, d.decision, d.state, d.reason, d.decided_at, d.organisation_id, u.email
FROM audit_decision d LEFT JOIN user_account u ON u.id = d.decided_by
WHERE d.provider_id = $1 AND d.key = ANY ($2::text[]) ORDER BY d.key, d.number

-- name: insert_decision
INSERT INTO audit_decision
    (provider_id, key, number, decision, state, reason, decided_by, organisation_id, decided_at)
SELECT $1, $2, coalesce(max(number), 0) + 1, $3, $4, $5, $6, $7, $8
FROM audit_decision WHERE provider_id = $1 AND key = $2

-- name: visit_labels
-- References of visits, as far as the reader may see them.
SELECT id, reference FROM visit WHERE provider_id = $1 AND id = ANY ($2::uuid[])

-- name: visit
-- A visit that the reader may see. $1 is an array of providers.
SELECT v.provider_id, v.reference FROM visit v
WHERE v.provider_id = ANY ($1::uuid[]) AND v.id = $2 AND EXISTS (
    SELECT FROM visit_version w WHERE w.provider_id = v.provider_id AND w.visit_id = v.id)

-- name: reports_of_day
-- The wage reports that hold a London day, of each pay cycle the newest.
SELECT DISTINCT ON (scope, period_start) id, edition, period_start, period_end FROM document
WHERE provider_id = $1 AND kind = 'wage_report' AND period_start <= $2 AND period_end >= $2
ORDER BY scope, period_start, created_at DESC, id

-- name: carer_labels
SELECT id, reference FROM carer WHERE provider_id = $1

-- name: event_labels
SELECT row_id, event_id FROM event WHERE provider_id = $1 AND row_id = ANY ($2::uuid[])

-- name: insert_sample
INSERT INTO audit_sample (provider_id, id, commissioner_id, starts_on, ends_on, as_of, algorithm, seed, chosen_by,
                          confidence_percent, tolerable_percent, expected_percent, population, size, allowed, drawn_by,
                          created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)

-- name: insert_items
INSERT INTO audit_sample_item (provider_id, sample_id, position, visit_id, carer_id, weight, employment, planned_start,
                               planned_end, recorded_start, recorded_end, actual_start, actual_end, evidence_level)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)

-- name: samples
-- $1 is an array of providers: the newest samples, or those behind the one of the instant $3 and the id $4. Row security
-- shows those that the reader's own organisation drew.
SELECT s.provider_id, s.id, s.starts_on, s.ends_on, s.seed, s.chosen_by, s.population, s.size, s.created_at,
       (SELECT count(DISTINCT f.position) FROM audit_finding f
        WHERE f.provider_id = s.provider_id AND f.sample_id = s.id) AS looked_at
FROM audit_sample s WHERE s.provider_id = ANY ($1::uuid[])
  AND ($3::timestamptz IS NULL OR s.created_at < $3 OR (s.created_at = $3 AND s.id > $4))
ORDER BY s.created_at DESC, s.id LIMIT $2

-- name: sample
-- $1 is an array of providers.
SELECT provider_id, id, starts_on, ends_on, as_of, algorithm, seed, chosen_by, confidence_percent, tolerable_percent,
       expected_percent, population, size, allowed, created_at
FROM audit_sample WHERE provider_id = ANY ($1::uuid[]) AND id = $2

-- name: items
SELECT i.position, i.visit_id, i.carer_id, i.weight, i.employment, i.planned_start, i.planned_end, i.recorded_start,
       i.recorded_end, i.actual_start, i.actual_end, i.evidence_level
FROM audit_sample_item i WHERE i.provider_id = $1 AND i.sample_id = $2 ORDER BY i.position

-- name: findings
-- Everything found about the attendances of a sample, in order.
SELECT f.position, f.deviates, f.note, f.found_at, u.email
FROM audit_finding f LEFT JOIN user_account u ON u.id = f.found_by
WHERE f.provider_id = $1 AND f.sample_id = $2 ORDER BY f.position, f.number

-- name: insert_finding
-- Nothing, if no such attendance was drawn.
INSERT INTO audit_finding (provider_id, sample_id, position, number, deviates, note, found_by, found_at)
SELECT $1, $2, $3, (SELECT coalesce(max(number), 0) + 1 FROM audit_finding w
                    WHERE w.provider_id = $1 AND w.sample_id = $2 AND w.position = $3), $4, $5, $6, $7
FROM audit_sample_item i WHERE i.provider_id = $1 AND i.sample_id = $2 AND i.position = $3
RETURNING number
