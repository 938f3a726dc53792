-- What waits for somebody. $1 is the provider; unless a query says otherwise, $2 is how far back to look and $3 the
-- present moment.

-- name: visits
-- Planned visits from $2 to $7 that somebody must look at. $4, $5, $6: minutes after which a visit is late, missed, has
-- run over. A carer's own part is settled if an event or an accepted correction of hers says each end.
WITH plan AS (
    SELECT v.visit_id, v.version, v.starts_at, v.ends_at, v.carer, v.second_carer, v.status
    FROM visit_version v
    WHERE v.provider_id = $1 AND v.starts_at >= $2 AND v.starts_at < $7
), part AS (
    SELECT e.visit_id, e.carer_id, e.kind = 'check_in' AS came, e.kind = 'check_out' AS went,
           e.kind = 'refused_entry' AS refused
    FROM event e
    WHERE e.provider_id = $1 AND e.visit_id IS NOT NULL
      AND (e.outcome = 'accepted' OR (
           SELECT true FROM event_release r WHERE r.provider_id = e.provider_id AND r.event_row = e.row_id))
      AND e.kind IN ('check_in', 'check_out', 'refused_entry')
      AND e.paid_at >= $2::timestamptz - interval '1 day' AND e.paid_at < $3::timestamptz + interval '1 day'
    UNION ALL
    SELECT c.visit_id, c.carer_id, c.proposed_start IS NOT NULL, c.proposed_end IS NOT NULL, false
    FROM correction c
    JOIN LATERAL (SELECT decision FROM correction_decision d WHERE d.provider_id = c.provider_id
                  AND d.correction_id = c.id ORDER BY number DESC LIMIT 1) d ON d.decision = 'accepted'
    WHERE c.provider_id = $1 AND c.visit_id IS NOT NULL AND c.received_at >= $2
), carer AS (
    SELECT visit_id, carer_id, bool_or(came) AS came, bool_or(went) AS went, bool_or(refused) AS refused,
           bool_or(came) AND bool_or(went) AS settled
    FROM part GROUP BY visit_id, carer_id
), said AS (
    SELECT visit_id, count(*) FILTER (WHERE settled) AS settled, bool_or(refused) AS refused,
           count(*) FILTER (WHERE came AND NOT settled) AS inside, count(*) FILTER (WHERE went AND NOT settled) AS left_only,
           min(carer_id::text) FILTER (WHERE (came OR went) AND NOT settled) AS open_carer
    FROM carer GROUP BY visit_id
), judged AS (
    SELECT plan.*, said.open_carer, CASE
        WHEN plan.carer IS NULL AND coalesce(said.settled, 0) = 0 AND coalesce(said.inside, 0) = 0
             AND plan.starts_at >= $3 THEN 'unassigned'
        WHEN plan.starts_at >= $3 THEN NULL
        WHEN said.inside > 0 THEN CASE WHEN plan.ends_at + make_interval(mins => $6) <= $3 THEN 'no_end' END
        WHEN said.left_only > 0 THEN 'no_start'
        WHEN coalesce(said.settled, 0) = 0 AND plan.ends_at + make_interval(mins => $5) <= $3 THEN 'missed'
        WHEN coalesce(said.settled, 0) = 0 THEN CASE WHEN plan.starts_at + make_interval(mins => $4) <= $3 THEN 'late' END
        WHEN said.settled < 2 AND plan.second_carer IS NOT NULL
             AND plan.ends_at + make_interval(mins => $5) <= $3 THEN 'one_came' END AS kind
    FROM plan LEFT JOIN said USING (visit_id)
    WHERE plan.status = 'planned' AND NOT coalesce(said.refused, false)
), open AS MATERIALIZED (
    -- Few are left: whose they are, and whether the plan still stands, is looked up of these alone.
    SELECT * FROM judged WHERE kind IS NOT NULL
)
SELECT j.kind, j.visit_id AS id, j.kind AS code, NULL AS detail, j.starts_at AS since,
       coalesce(j.open_carer::uuid, e.carer_id) AS carer_id, j.visit_id, NULL::uuid AS by, j.starts_at, j.ends_at
FROM open j LEFT JOIN employment e ON e.provider_id = $1 AND e.id = j.carer
-- A look by key for each: NOT EXISTS may be answered by reading every version there ever was.
WHERE j.version = (SELECT max(n.version) FROM visit_version n WHERE n.provider_id = $1 AND n.visit_id = j.visit_id)

-- name: help
SELECT 'help' AS kind, a.subject AS id, 'help' AS code, NULL AS detail, a.raised_at AS since, a.carer_id,
       (SELECT e.visit_id FROM event e WHERE e.provider_id = $1 AND e.row_id = a.subject LIMIT 1) AS visit_id, NULL::uuid AS by
FROM alert a WHERE a.provider_id = $1 AND a.kind = 'help' AND a.raised_at >= $2 AND a.raised_at <= $3

-- name: shortfall
-- Wage reports made since $2 that found workers short, the newest edition of each.
SELECT 'shortfall' AS kind, newest.id, scope AS code, summary->>'workers_short' AS detail, created_at AS since,
       NULL::uuid AS carer_id, NULL::uuid AS visit_id, NULL::uuid AS by
FROM (SELECT DISTINCT ON (scope, period_start) id, scope, summary, created_at FROM document
      WHERE provider_id = $1 AND kind = 'wage_report' AND created_at >= $2 AND created_at <= $3
      ORDER BY scope, period_start, created_at DESC, id) newest
WHERE (summary->>'workers_short')::int > 0

-- name: dispute
SELECT 'dispute' AS kind, p.id, CASE WHEN EXISTS (
           SELECT FROM dispute_answer a WHERE a.provider_id = $1 AND a.dispute_id = p.id)
           THEN 'answered' ELSE 'open' END AS code, p.words AS detail, p.raised_at AS since, NULL::uuid AS carer_id,
       coalesce(l.visit_id, p.visit_id) AS visit_id, p.raised_by AS by
FROM waiting w JOIN dispute p ON p.provider_id = w.provider_id AND p.id = w.item_id
LEFT JOIN document_line l ON l.provider_id = p.provider_id AND l.document_id = p.document_id AND l.line = p.line
WHERE w.provider_id = $1 AND w.kind = 'dispute'

-- name: correction
SELECT 'correction' AS kind, c.id, c.reason_code AS code, o.words AS detail, c.received_at AS since, c.carer_id, c.visit_id,
       c.user_id AS by, c.proposed_start AS starts_at, c.proposed_end AS ends_at, n.content AS note
FROM waiting s JOIN correction c ON c.provider_id = s.provider_id AND c.id = s.item_id
LEFT JOIN correction_note n ON n.provider_id = c.provider_id AND n.correction_id = c.id
LEFT JOIN LATERAL (
    SELECT words FROM correction_reason_version w
    WHERE w.provider_id = c.provider_id AND w.reference = c.own_reason AND w.recorded_at <= c.received_at
    ORDER BY w.recorded_at DESC, w.starts_on DESC LIMIT 1) o ON true
WHERE s.provider_id = $1 AND s.kind = 'correction'

-- name: quarantine
-- Events that do not count, or were received up to $2 and whose predecessor has not come since. `detail`: whether it can
-- be read at all.
SELECT 'quarantine' AS kind, e.row_id AS id, e.code, (e.event_id IS NOT NULL AND e.paid_at IS NOT NULL)::text AS detail,
       e.received_at AS since, e.carer_id, e.visit_id, NULL::uuid AS by
FROM waiting w JOIN event e ON e.provider_id = w.provider_id AND e.received_at = w.since AND e.row_id = w.item_id
WHERE w.provider_id = $1 AND w.kind = 'quarantine' AND NOT w.left_out
UNION ALL
SELECT 'quarantine', e.row_id, 'chain_waiting', 'false', e.received_at, e.carer_id, e.visit_id, NULL
FROM event e
WHERE e.provider_id = $1 AND e.outcome = 'accepted' AND e.chain_waiting AND e.received_at <= $2 AND NOT EXISTS (
    SELECT FROM event_link k WHERE k.provider_id = $1 AND k.device_id = e.device_id AND k.seq = e.seq - 1)
  AND NOT EXISTS (SELECT FROM acknowledgement a WHERE a.provider_id = $1 AND a.kind = 'quarantine' AND a.subject = e.row_id)

-- name: parked
-- Visits that the newest documents of each contract left out, and that nobody has billed or decided never to bill.
WITH newest AS (
    SELECT DISTINCT ON (contract_id) contract_id, period_start FROM document
    WHERE provider_id = $1 AND kind IN ('invoice', 'credit_note') ORDER BY contract_id, period_start DESC
)
SELECT DISTINCT ON (k.visit_id) 'parked' AS kind, k.visit_id AS id, k.reason AS code, k.detail, d.created_at AS since,
       NULL::uuid AS carer_id, k.visit_id, NULL::uuid AS by
FROM newest JOIN document d ON d.provider_id = $1 AND d.contract_id = newest.contract_id
     AND d.period_start = newest.period_start
JOIN parked_visit k ON k.provider_id = $1 AND k.document_id = d.id
WHERE k.reason <> 'not_billed' AND NOT EXISTS (
    SELECT FROM document_line l WHERE l.provider_id = $1 AND l.visit_id = k.visit_id)
ORDER BY k.visit_id, d.created_at DESC

-- name: device
-- Phones that are locked, that may have been copied, or that were not heard of since a visit of their carer's that is
-- over by $4 minutes.
SELECT 'device' AS kind, d.id, CASE WHEN d.locked_at IS NOT NULL THEN 'locked' WHEN s.suspect_at IS NOT NULL THEN 'suspect'
           ELSE 'silent' END AS code, d.name AS detail, coalesce(d.locked_at, s.suspect_at, q.starts_at) AS since,
       d.carer_id, NULL::uuid AS visit_id, NULL::uuid AS by
FROM device d
LEFT JOIN LATERAL (
    SELECT max(p.suspect_at) AS suspect_at FROM device_passkey p
    WHERE p.provider_id = $1 AND p.device_id = d.id AND p.removed_at IS NULL) s ON true
-- The first of them by its minimum: of ordered rows PostgreSQL would look for one among everybody's visits, for each phone.
LEFT JOIN LATERAL (
    SELECT min(v.starts_at) AS starts_at
    FROM employment e JOIN visit_version v ON v.provider_id = $1 AND v.carer = e.id
    WHERE e.provider_id = $1 AND e.carer_id = d.carer_id AND v.status = 'planned'
      AND v.starts_at >= $2 AND v.starts_at > coalesce(d.heard_at, d.enrolled_at) AND v.starts_at < $3
      AND v.ends_at + make_interval(mins => $4) <= $3
      AND NOT EXISTS (SELECT FROM visit_version n WHERE n.provider_id = $1 AND n.visit_id = v.visit_id
                      AND n.version > v.version)) q ON true
WHERE d.provider_id = $1 AND d.revoked_at IS NULL AND d.replaced_at IS NULL AND d.platform <> 'telephone'
  AND coalesce(d.locked_at, s.suspect_at, q.starts_at) IS NOT NULL

-- name: flag
-- Flags of the newest audit that nobody has decided about.
SELECT 'flag' AS kind, f.run_id AS id, f.test AS code, f.number::text AS detail, r.created_at AS since, f.carer_id,
       f.visit_id, NULL::uuid AS by
FROM (SELECT id, created_at FROM audit_run WHERE provider_id = $1 ORDER BY created_at DESC, id LIMIT 1) r
JOIN audit_flag f ON f.provider_id = $1 AND f.run_id = r.id
LEFT JOIN LATERAL (
    SELECT state FROM audit_decision w WHERE w.provider_id = $1 AND w.key = f.key ORDER BY w.number DESC LIMIT 1) d ON true
WHERE coalesce(d.state, 'open') = 'open'

-- name: acknowledged
-- What managers said needs nothing more, and when they said so last. $2 is how far back to look.
SELECT kind, subject, max(acknowledged_at) AS at FROM acknowledgement
WHERE provider_id = $1 AND acknowledged_at >= $2 GROUP BY kind, subject

-- name: acknowledge
INSERT INTO acknowledgement (provider_id, kind, subject, acknowledged_by, acknowledged_at, reason)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING

-- name: acknowledgements
-- What was said since $2, the newest first.
SELECT a.kind, a.subject, a.acknowledged_at, a.reason, u.email FROM acknowledgement a
LEFT JOIN user_account u ON u.id = a.acknowledged_by
WHERE a.provider_id = $1 AND a.acknowledged_at >= $2 ORDER BY a.acknowledged_at DESC, a.kind, a.subject LIMIT $3
