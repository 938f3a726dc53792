-- What the web pages read. $1 is the provider unless the query says otherwise; row security shows a commissioner less.

-- name: contracted_providers
-- $1 is a commissioner. Of documents that ask it for money one a provider is looked at, however many there are.
WITH RECURSIVE asking AS (
    (SELECT provider_id FROM document WHERE payer_id = $1 ORDER BY provider_id LIMIT 1)
    UNION ALL
    SELECT (SELECT d.provider_id FROM document d WHERE d.payer_id = $1 AND d.provider_id > a.provider_id
            ORDER BY d.provider_id LIMIT 1)
    FROM asking a WHERE a.provider_id IS NOT NULL)
SELECT provider_id FROM contract WHERE commissioner_id = $1
UNION
SELECT provider_id FROM asking WHERE provider_id IS NOT NULL

-- name: documents
-- $1 is an array of providers; of each the newest of each kind are read, however many there are. After ($3 to $6): the
-- rows behind that one, newest period first, of one instant the last number first.
SELECT d.* FROM unnest($1::uuid[]) AS p (provider_id) CROSS JOIN unnest($2::text[]) AS k (kind) CROSS JOIN LATERAL (
    SELECT d.provider_id, d.id, d.kind, d.number, d.commissioner_id, d.payer_id, d.payer, d.scope, d.period_start,
           d.period_end, d.edition, d.total_pence + d.vat_pence AS total_pence, d.summary, d.created_at
    FROM document d
    WHERE d.provider_id = p.provider_id AND d.kind = k.kind
      AND ($3::date IS NULL OR (d.period_end, d.created_at, coalesce(d.number, d.scope), d.id) < ($3::date, $4::timestamptz, $5::text, $6::uuid))
    ORDER BY d.period_end DESC, d.created_at DESC, coalesce(d.number, d.scope) DESC, d.id DESC LIMIT $7) d
ORDER BY d.period_end DESC, d.created_at DESC, coalesce(d.number, d.scope) DESC, d.id DESC LIMIT $7

-- name: documents_of_commissioner
-- The same of the invoices that are for a commissioner, or ask it for money. $1 is the commissioner.
WITH own AS (
    (SELECT d.provider_id, d.id FROM document d WHERE d.commissioner_id = $1
       AND ($2::date IS NULL OR (d.period_end, d.created_at, coalesce(d.number, d.scope), d.id) < ($2::date, $3::timestamptz, $4::text, $5::uuid))
     ORDER BY d.period_end DESC, d.created_at DESC, coalesce(d.number, d.scope) DESC, d.id DESC LIMIT $6)
    UNION
    (SELECT d.provider_id, d.id FROM document d WHERE d.payer_id = $1
       AND ($2::date IS NULL OR (d.period_end, d.created_at, coalesce(d.number, d.scope), d.id) < ($2::date, $3::timestamptz, $4::text, $5::uuid))
     ORDER BY d.period_end DESC, d.created_at DESC, coalesce(d.number, d.scope) DESC, d.id DESC LIMIT $6))
SELECT d.provider_id, d.id, d.kind, d.number, d.commissioner_id, d.payer_id, d.payer, d.scope, d.period_start, d.period_end,
       d.edition, d.total_pence + d.vat_pence AS total_pence, d.summary, d.created_at
FROM own JOIN document d ON d.provider_id = own.provider_id AND d.id = own.id
ORDER BY d.period_end DESC, d.created_at DESC, coalesce(d.number, d.scope) DESC, d.id DESC LIMIT $6

-- name: documents_of_person
-- The same of the invoices that were sent to a person, $2. $1 is the provider.
SELECT d.provider_id, d.id, d.kind, d.number, d.commissioner_id, d.payer_id, d.payer, d.scope, d.period_start, d.period_end,
       d.edition, d.total_pence + d.vat_pence AS total_pence, d.summary, d.created_at
FROM document d
WHERE d.provider_id = $1 AND d.payer = (SELECT 'person ' || reference FROM service_user WHERE provider_id = $1 AND id = $2)
  AND ($3::date IS NULL OR (d.period_end, d.created_at, coalesce(d.number, d.scope), d.id) < ($3::date, $4::timestamptz, $5::text, $6::uuid))
ORDER BY d.period_end DESC, d.created_at DESC, coalesce(d.number, d.scope) DESC, d.id DESC LIMIT $7

-- name: document
-- $1 is an array of providers.
SELECT provider_id, id, kind, number, commissioner_id, scope, period_start, period_end, edition, as_of, created_at,
       snapshot, snapshot_digest
FROM document WHERE provider_id = ANY ($1::uuid[]) AND id = $2 AND kind = ANY ($3::text[])

-- name: documents_numbered
-- Invoices and credit notes of a number. $1 is an array of providers.
SELECT id FROM document WHERE provider_id = ANY ($1::uuid[]) AND number = $2

-- name: reports_by_code
-- The wage reports whose facts have a digest that begins with these eight digits, the newest first: editions of the same
-- facts. $1 is an array of providers.
SELECT id, edition, created_at FROM document
WHERE provider_id = ANY ($1::uuid[]) AND kind = 'wage_report' AND encode(substring(facts_digest FOR 4), 'hex') = $2
ORDER BY created_at DESC, id LIMIT 10

-- name: file
SELECT f.media_type, f.file_name, f.content, f.sha256 FROM document_file f
WHERE f.provider_id = $1 AND f.document_id = $2 AND f.format = $3

-- name: formats
SELECT format, octet_length(content) AS size FROM document_file WHERE provider_id = $1 AND document_id = $2
ORDER BY format

-- name: note_access
INSERT INTO access_log (provider_id, id, user_id, organisation_id, looked_at, what, subject, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: own_visits
-- Which of these visits the reader may see the evidence of: a provider all, a commissioner those planned for it.
SELECT DISTINCT visit_id FROM visit_version WHERE provider_id = $1 AND visit_id = ANY ($2::uuid[])

-- name: events_behind
-- The accepted events of these visits, or with these ids of the phones. `place` is the kind of the place that the
-- position was judged by, never its name; how far a carer's own home is from it is shown to nobody.
SELECT e.row_id, e.event_id, e.visit_id, e.kind, e.occurred_at, e.paid_at, e.received_at, e.method, e.outcome, e.code,
       e.flags, encode(e.signed_hash, 'hex') AS signed_hash, e.signature IS NOT NULL AS signature_held,
       j.fence, j.evidence_level, j.reasons, j.judged_again, f.fence AS judged_first, t.verdict AS token,
       CASE WHEN NOT coalesce(j.at_home, false) THEN j.distance_m END AS distance_m, j.accuracy_m, NULL AS place_name,
       CASE WHEN j.place_id IS NULL THEN NULL
            WHEN j.place_id = e.service_user_id OR EXISTS (
                SELECT FROM package_version k WHERE k.provider_id = $1 AND k.service_user_id = j.place_id) THEN 'home'
            ELSE 'beside' END AS place
FROM event e
LEFT JOIN LATERAL (
    SELECT fence, place_id, distance_m, accuracy_m, at_home, evidence_level, reasons,
           CASE WHEN number > 1 THEN judged_at END AS judged_again FROM event_judgement w
    WHERE w.provider_id = e.provider_id AND w.event_row = e.row_id ORDER BY number DESC LIMIT 1) j ON true
LEFT JOIN event_judgement f ON f.provider_id = e.provider_id AND f.event_row = e.row_id AND f.number = 1
LEFT JOIN LATERAL (
    SELECT token_verdict(w, NULL) AS verdict FROM event_token w
    WHERE w.provider_id = e.provider_id AND w.event_row = e.row_id) t ON true
WHERE e.provider_id = $1 AND e.event_id = ANY ($3::uuid[])
  AND (e.visit_id = ANY ($2::uuid[]) OR (e.visit_id IS NULL AND e.paid_at >= $4 AND e.paid_at < $5))
ORDER BY e.paid_at, e.row_id

-- name: day_visits
-- The newest plan of every visit that starts within a range, with what the phones said of it, or an accepted correction.
WITH plan AS (
    SELECT v.visit_id, v.package_id, v.starts_at, v.ends_at, v.carer, v.second_carer, v.status
    FROM visit_version v
    WHERE v.provider_id = $1 AND v.starts_at >= $2 AND v.starts_at < $3
      -- A look by key for each: NOT EXISTS may be answered by reading every version there ever was.
      AND v.version = (SELECT max(n.version) FROM visit_version n WHERE n.provider_id = $1 AND n.visit_id = v.visit_id)
), recorded AS (
    SELECT e.visit_id, e.carer_id, min(e.paid_at) FILTER (WHERE e.kind = 'check_in') AS arrived_at,
           max(e.paid_at) FILTER (WHERE e.kind = 'check_out') AS left_at,
           bool_or(e.kind = 'refused_entry') AS refused
    FROM event e
    WHERE e.provider_id = $1 AND e.visit_id IS NOT NULL
      AND (e.outcome = 'accepted' OR (
           SELECT true FROM event_release r WHERE r.provider_id = e.provider_id AND r.event_row = e.row_id))
      AND e.paid_at >= $2::timestamptz - interval '1 day' AND e.paid_at < $3::timestamptz + interval '1 day'
    GROUP BY e.visit_id, e.carer_id
), corrected AS (                          -- of each end the newest accepted word
    SELECT c.visit_id, c.carer_id,
           (array_agg(c.proposed_start ORDER BY d.decided_at DESC) FILTER (WHERE c.proposed_start IS NOT NULL))[1] AS arrived_at,
           (array_agg(c.proposed_end ORDER BY d.decided_at DESC) FILTER (WHERE c.proposed_end IS NOT NULL))[1] AS left_at
    FROM correction c JOIN LATERAL (SELECT decision, decided_at FROM correction_decision w WHERE w.provider_id = c.provider_id
                  AND w.correction_id = c.id ORDER BY number DESC LIMIT 1) d ON d.decision = 'accepted'
    WHERE c.provider_id = $1 AND c.visit_id = ANY (ARRAY (SELECT visit_id FROM plan))
    GROUP BY c.visit_id, c.carer_id
), part AS (
    SELECT visit_id, coalesce(c.arrived_at, r.arrived_at) AS arrived_at, coalesce(c.left_at, r.left_at) AS left_at,
           coalesce(r.refused, false) AND c.carer_id IS NULL AS refused
    FROM recorded r FULL JOIN corrected c USING (visit_id, carer_id)
), said AS (
    SELECT visit_id, min(arrived_at) AS arrived_at, max(left_at) AS left_at, count(arrived_at) AS came, count(left_at) AS went,
           bool_or(refused) AS refused
    FROM part GROUP BY visit_id
)
SELECT plan.visit_id::text, plan.package_id::text, plan.starts_at, plan.ends_at, plan.carer::text,
       plan.second_carer::text, plan.status, said.arrived_at, said.left_at, said.came, said.went,
       coalesce(said.refused, false), said.visit_id IS NOT NULL
FROM plan LEFT JOIN said USING (visit_id)

-- name: nearest_visits
-- When the last visit planned before a range starts, and the first after it.
SELECT (SELECT v.starts_at FROM visit_version v WHERE v.provider_id = $1 AND v.starts_at < $2 AND NOT EXISTS (
            SELECT FROM visit_version n WHERE n.provider_id = $1 AND n.visit_id = v.visit_id AND n.version > v.version)
        ORDER BY v.starts_at DESC LIMIT 1),
       (SELECT v.starts_at FROM visit_version v WHERE v.provider_id = $1 AND v.starts_at >= $3 AND NOT EXISTS (
            SELECT FROM visit_version n WHERE n.provider_id = $1 AND n.visit_id = v.visit_id AND n.version > v.version)
        ORDER BY v.starts_at LIMIT 1)

-- name: visit_names
-- Reference, person and service of visits.
SELECT t.id AS visit_id, t.reference, s.id AS person_id, s.reference AS person_reference, n.name AS person, p.service
FROM visit t
JOIN LATERAL (SELECT package_id FROM visit_version v WHERE v.provider_id = t.provider_id AND v.visit_id = t.id
              ORDER BY version DESC LIMIT 1) v ON true
JOIN LATERAL (SELECT service_user_id, service FROM package_version w
              WHERE w.provider_id = t.provider_id AND w.package_id = v.package_id
              ORDER BY starts_on DESC, version DESC LIMIT 1) p ON true
JOIN service_user s ON s.provider_id = t.provider_id AND s.id = p.service_user_id
JOIN LATERAL (SELECT name FROM service_user_version w WHERE w.provider_id = s.provider_id AND w.service_user_id = s.id
              ORDER BY version DESC LIMIT 1) n ON true
WHERE t.provider_id = $1 AND t.id = ANY ($2::uuid[])

-- name: carers
-- Every employment with its carer and newest name.
SELECT e.id AS employment_id, e.reference AS employment, c.id AS carer_id, c.reference, v.name, v.ends_on
FROM employment e
JOIN carer c ON c.provider_id = e.provider_id AND c.id = e.carer_id
JOIN LATERAL (SELECT name, ends_on FROM employment_version w
              WHERE w.provider_id = e.provider_id AND w.employment_id = e.id ORDER BY version DESC LIMIT 1) v ON true
WHERE e.provider_id = $1 ORDER BY v.name, c.reference, e.reference

-- name: help_alerts
-- Calls for help with the carer's last known place: the newest position from up to twelve hours before the call, or that
-- came with it. A position at her own home was never kept. A call was raised when its event was received, and no event that
-- counts lies more than ten minutes after its receipt; so earlier months are passed over, but for calls that were a hundred
-- days under way, of which no place is told.
SELECT a.subject, a.carer_id, a.raised_at, e.visit_id, p.fix
FROM alert a
LEFT JOIN event e ON e.provider_id = a.provider_id AND e.row_id = a.subject AND e.received_at >= $2 AND e.received_at < $3
LEFT JOIN LATERAL (
    SELECT convert_from(f.content, 'UTF8')::jsonb AS fix
    FROM event x JOIN event_attachment f ON f.provider_id = x.provider_id AND f.event_row = x.row_id AND f.kind = 'fix'
    WHERE x.provider_id = a.provider_id AND x.carer_id = a.carer_id AND x.outcome = 'accepted'
      AND x.received_at >= $2::timestamptz - interval '100 days'
      AND (x.about_event_id = e.event_id OR x.paid_at BETWEEN coalesce(e.paid_at, a.raised_at) - interval '12 hours'
                                                          AND coalesce(e.paid_at, a.raised_at))
    ORDER BY x.paid_at DESC, x.seq DESC LIMIT 1) p ON true
WHERE a.provider_id = $1 AND a.kind = 'help' AND a.raised_at >= $2 AND a.raised_at < $3 ORDER BY a.raised_at

-- name: unplanned
-- Check-ins within a range at visits that nobody planned. None that counts lies more than $4 after its receipt.
SELECT e.row_id, e.carer_id, e.paid_at, n.name AS person
FROM event e
LEFT JOIN LATERAL (SELECT name FROM service_user_version w
                   WHERE w.provider_id = e.provider_id AND w.service_user_id = e.service_user_id
                   ORDER BY version DESC LIMIT 1) n ON true
WHERE e.provider_id = $1 AND e.kind = 'check_in' AND e.visit_id IS NULL AND e.outcome = 'accepted'
  AND e.paid_at >= $2 AND e.paid_at < $3 AND e.received_at >= $2::timestamptz - $4::interval
ORDER BY e.paid_at, e.row_id

-- name: waiting
-- How much waits for a manager's decision.
SELECT count(*) FILTER (WHERE kind = 'quarantine') AS quarantined, count(*) FILTER (WHERE kind = 'correction') AS corrections
FROM waiting WHERE provider_id = $1 AND kind IN ('quarantine', 'correction') AND NOT left_out

-- name: visit
SELECT t.id, t.reference FROM visit t WHERE t.provider_id = $1 AND t.id = $2

-- name: visit_versions
SELECT version, starts_at, ends_at, carer, second_carer, status, cancelled_at, cancelled_by, tasks, recorded_at
FROM visit_version WHERE provider_id = $1 AND visit_id = $2 ORDER BY version

-- name: visit_events
-- `place`, `place_name`: the approved place that the position was judged by; the home has no name. How far a carer's
-- own home is from it is shown to nobody.
SELECT e.row_id, e.event_id, e.carer_id, e.kind, e.occurred_at, e.paid_at, e.received_at, e.method, e.outcome, e.code,
       e.detail, e.flags, encode(e.signed_hash, 'hex') AS signed_hash, e.signature IS NOT NULL AS signature_held,
       j.fence, CASE WHEN NOT coalesce(j.at_home, false) THEN j.distance_m END AS distance_m, j.accuracy_m,
       j.evidence_level, j.reasons, j.judged_again, f.fence AS judged_first, r.released_at, r.reason AS release_reason,
       t.verdict AS token, g.label AS tag, a.name AS place_name, x.content AS fix,
       CASE WHEN a.name IS NOT NULL THEN 'beside' WHEN j.place_id IS NOT NULL THEN 'home' END AS place
FROM event e
LEFT JOIN LATERAL (
    SELECT fence, place_id, distance_m, accuracy_m, at_home, evidence_level, reasons,
           CASE WHEN number > 1 THEN judged_at END AS judged_again FROM event_judgement w
    WHERE w.provider_id = e.provider_id AND w.event_row = e.row_id ORDER BY number DESC LIMIT 1) j ON true
LEFT JOIN event_judgement f ON f.provider_id = e.provider_id AND f.event_row = e.row_id AND f.number = 1
LEFT JOIN LATERAL (
    SELECT name FROM approved_place_version w
    WHERE w.provider_id = e.provider_id AND w.place_id = j.place_id ORDER BY version DESC LIMIT 1) a ON true
LEFT JOIN event_release r ON r.provider_id = e.provider_id AND r.event_row = e.row_id
LEFT JOIN LATERAL (
    SELECT token_verdict(w, NULL) AS verdict, w.tag_id FROM event_token w
    WHERE w.provider_id = e.provider_id AND w.event_row = e.row_id) t ON true
LEFT JOIN home_tag g ON g.provider_id = e.provider_id AND g.id = t.tag_id
LEFT JOIN event_attachment x ON x.provider_id = e.provider_id AND x.event_row = e.row_id AND x.kind = 'fix'
WHERE e.provider_id = $1 AND e.visit_id = $2 ORDER BY e.paid_at NULLS LAST, e.received_at, e.row_id

-- name: corrections
-- Newest decision beside each, oldest first. $2: those of one visit; $3: those that wait for a decision; $7: those of the
-- carer with this reference. One that the carer objected to is open again.
WITH own AS (SELECT id FROM carer WHERE provider_id = $1 AND reference = $7), found AS (
    (SELECT w.item_id AS id FROM waiting w
     WHERE $3 AND $2::uuid IS NULL AND w.provider_id = $1 AND w.kind = 'correction'
       AND ($4::timestamptz IS NULL OR (w.since, w.item_id) > ($4, $5))
       AND ($7::text IS NULL OR w.carer_id IN (SELECT id FROM own))
     ORDER BY w.since, w.item_id LIMIT $6)
    UNION ALL
    (SELECT c.id FROM correction c
     WHERE NOT $3 AND $2::uuid IS NULL AND c.provider_id = $1
       AND ($4::timestamptz IS NULL OR (c.received_at, c.id) > ($4, $5))
       AND ($7::text IS NULL OR c.carer_id IN (SELECT id FROM own))
     ORDER BY c.received_at, c.id LIMIT $6)
    UNION ALL
    SELECT c.id FROM correction c WHERE c.provider_id = $1 AND c.visit_id = $2)
SELECT c.id, c.carer_id, c.visit_id, c.day, c.proposed_start, c.proposed_end, c.reason_code, c.proposed_by, c.user_id,
       c.received_at, n.content AS note, d.decision, d.decided_at, d.reason, t.reference AS visit,
       u.email AS decided_by, o.words AS own_reason, p.starts_at AS planned_start, p.ends_at AS planned_end,
       w.email AS proposer
FROM found JOIN correction c ON c.provider_id = $1 AND c.id = found.id
LEFT JOIN LATERAL (
    SELECT words FROM correction_reason_version w
    WHERE w.provider_id = c.provider_id AND w.reference = c.own_reason AND w.recorded_at <= c.received_at
    ORDER BY w.recorded_at DESC, w.starts_on DESC LIMIT 1) o ON true
LEFT JOIN correction_note n ON n.provider_id = c.provider_id AND n.correction_id = c.id
LEFT JOIN visit t ON t.provider_id = c.provider_id AND t.id = c.visit_id
LEFT JOIN LATERAL (
    SELECT starts_at, ends_at FROM visit_version v
    WHERE v.provider_id = c.provider_id AND v.visit_id = c.visit_id ORDER BY version DESC LIMIT 1) p ON true
LEFT JOIN user_account w ON w.id = c.user_id
LEFT JOIN LATERAL (
    SELECT decision, decided_at, decided_by, reason FROM correction_decision w
    WHERE w.provider_id = c.provider_id AND w.correction_id = c.id ORDER BY number DESC LIMIT 1) d ON true
LEFT JOIN user_account u ON u.id = d.decided_by
ORDER BY c.received_at, c.id LIMIT $6

-- name: recorded_ends
-- First check-in and last check-out, of accepted events, of a carer at visits.
SELECT visit_id, carer_id, min(paid_at) FILTER (WHERE kind = 'check_in') AS arrived_at,
       max(paid_at) FILTER (WHERE kind = 'check_out') AS left_at
FROM event WHERE provider_id = $1 AND visit_id = ANY ($2::uuid[]) AND outcome = 'accepted' GROUP BY visit_id, carer_id

-- name: quarantine
-- With accepted events, received up to $5, whose predecessor has not come since. `left_out`: why a manager said that it
-- shall not count. $6: only those of the carer with this reference.
WITH own AS (SELECT id FROM carer WHERE provider_id = $1 AND reference = $6), found AS (
    (SELECT w.item_id AS row_id, w.since AS received_at FROM waiting w
     WHERE w.provider_id = $1 AND w.kind = 'quarantine' AND ($2::timestamptz IS NULL OR (w.since, w.item_id) > ($2, $3))
       AND ($6::text IS NULL OR w.carer_id IN (SELECT id FROM own))
     ORDER BY w.since, w.item_id LIMIT $4)
    UNION ALL
    (SELECT e.row_id, e.received_at FROM event e
     WHERE e.provider_id = $1 AND e.outcome = 'accepted' AND e.chain_waiting AND e.received_at <= $5
       AND NOT EXISTS (SELECT FROM event_link k
                       WHERE k.provider_id = $1 AND k.device_id = e.device_id AND k.seq = e.seq - 1)
       AND NOT EXISTS (SELECT FROM event_release r WHERE r.provider_id = $1 AND r.event_row = e.row_id)
       AND ($2::timestamptz IS NULL OR (e.received_at, e.row_id) > ($2, $3))
       AND ($6::text IS NULL OR e.carer_id IN (SELECT id FROM own))
     ORDER BY e.received_at, e.row_id LIMIT $4))
SELECT e.row_id, e.event_id, e.carer_id, e.device_id, d.name AS device, e.kind, e.visit_id, e.paid_at, e.received_at,
       e.outcome, CASE e.outcome WHEN 'accepted' THEN 'chain_waiting' ELSE e.code END AS code, e.detail,
       encode(e.signed_hash, 'hex') AS signed_hash, t.reference AS visit, a.reason AS left_out
FROM found JOIN event e ON e.provider_id = $1 AND e.received_at = found.received_at AND e.row_id = found.row_id
LEFT JOIN device d ON d.provider_id = e.provider_id AND d.id = e.device_id
LEFT JOIN visit t ON t.provider_id = e.provider_id AND t.id = e.visit_id
LEFT JOIN LATERAL (
    SELECT reason FROM acknowledgement w WHERE w.provider_id = $1 AND w.kind = 'quarantine' AND w.subject = e.row_id
    ORDER BY acknowledged_at DESC LIMIT 1) a ON true
ORDER BY e.received_at, e.row_id LIMIT $4

-- name: event_to_release
SELECT e.outcome, e.code, e.event_id IS NOT NULL AND e.paid_at IS NOT NULL AS readable, e.carer_id
FROM event e WHERE e.provider_id = $1 AND e.row_id = $2

-- name: release
-- No row: somebody released it before.
INSERT INTO event_release (provider_id, event_row, released_by, released_at, reason) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING RETURNING event_row

-- name: newest
-- The newest event received since $2, and when the newest plan was recorded.
SELECT (SELECT received_at::text || row_id FROM event WHERE provider_id = $1 AND received_at > $2
        ORDER BY received_at DESC, row_id DESC LIMIT 1),
       (SELECT max(recorded_at) FROM visit_version WHERE provider_id = $1)

-- name: last_heard
-- When each of these carers' ($2) phones was last heard of: an event, or a call for the rota.
SELECT d.carer_id, max(greatest(d.heard_at, k.received_at)) AS heard_at
FROM device d LEFT JOIN LATERAL (
    SELECT received_at FROM event_link e WHERE e.provider_id = d.provider_id AND e.device_id = d.id
    ORDER BY e.seq DESC LIMIT 1) k ON true
WHERE d.provider_id = $1 AND d.carer_id = ANY ($2::uuid[]) AND d.revoked_at IS NULL AND d.replaced_at IS NULL
GROUP BY d.carer_id

-- name: looks_at
-- Looks at the records of one provider ($1), behind the row ($2, $3), the newest first.
SELECT a.id, a.looked_at, a.provider_id, a.organisation_id, a.what, a.subject, a.reason, u.email
FROM access_log a LEFT JOIN user_account u ON u.id = a.user_id
WHERE a.provider_id = $1 AND ($2::timestamptz IS NULL OR (a.looked_at, a.id) < ($2, $3))
ORDER BY a.looked_at DESC, a.id DESC LIMIT $4

-- name: looks_by
-- Looks by the people of one commissioner ($1) at whatever provider's records, behind the row ($2, $3), the newest first.
SELECT a.id, a.looked_at, a.provider_id, a.organisation_id, a.what, a.subject, a.reason, u.email
FROM access_log a LEFT JOIN user_account u ON u.id = a.user_id
WHERE a.organisation_id = $1 AND ($2::timestamptz IS NULL OR (a.looked_at, a.id) < ($2, $3))
ORDER BY a.looked_at DESC, a.id DESC LIMIT $4
