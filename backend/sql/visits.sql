-- Facts about visits of a time range. $1 is always the provider; the last parameter, where it stands, is the instant up
-- to which facts were recorded (null: all).

-- name: versions
-- Every version of the visits of which any version starts within the range, and names one of the employments $4, and the
-- commissioner $5 (null: whoever). What is about many visits is asked for by the same range: a list of them would be long
-- to send, and longer to plan with.
SELECT v.visit_id::text, v.reference, v.version, v.package_id::text, v.commissioner_id::text,
       v.starts_at, v.ends_at, v.carer::text, v.second_carer::text, v.status, v.cancelled_at, v.cancelled_by,
       v.recorded_at
FROM (SELECT DISTINCT id FROM visits_planned($1, $2, $3, $4, $5, $6) AS id) p CROSS JOIN LATERAL (
    SELECT w.*, t.reference FROM visit_version w JOIN visit t ON t.provider_id = w.provider_id AND t.id = w.visit_id
    WHERE w.provider_id = $1 AND w.visit_id = p.id AND ($6::timestamptz IS NULL OR w.recorded_at <= $6)
    OFFSET 0) v

-- name: versions_named
SELECT v.visit_id::text, t.reference, v.version, v.package_id::text, v.commissioner_id::text,
       v.starts_at, v.ends_at, v.carer::text, v.second_carer::text, v.status, v.cancelled_at, v.cancelled_by,
       v.recorded_at
FROM visit_version v JOIN visit t ON t.provider_id = v.provider_id AND t.id = v.visit_id
WHERE v.provider_id = $1 AND v.visit_id = ANY ($2::uuid[]) AND ($3::timestamptz IS NULL OR v.recorded_at <= $3)

-- name: events
-- Accepted and released events of the visits $2, and of those planned from $9 up to $10 as above; and of no known visit
-- from $3 up to $4; what was not the carer's visit comes too, marked foreign. An unplanned visit takes its id from its
-- check-in. An event received up to $7 whose predecessor has not come since is marked chain_waiting. $8: with positions that
-- came later for events of $2, at any time. $13: what came before is not looked for, but for $2.
-- Nearly all events of planned visits lie within the range, in the order of time; the few others are looked up visit by
-- visit. OFFSET 0 keeps it so: joined as a whole, all events since $13 might be read for these few.
WITH found AS (
    SELECT e.* FROM event e WHERE e.provider_id = $1 AND e.visit_id = ANY ($2::uuid[])
    UNION ALL
    SELECT e.* FROM event e
    WHERE e.provider_id = $1 AND e.received_at >= $13 AND e.paid_at >= $3 AND e.paid_at < $4
      AND e.visit_id IN (SELECT id FROM visits_planned($1, $9, $10, $11, $12, $6) AS id)
    UNION ALL
    SELECT e.* FROM (SELECT DISTINCT id FROM visits_planned($1, $9, $10, $11, $12, $6) AS id) p CROSS JOIN LATERAL (
        SELECT * FROM event w
        WHERE w.provider_id = $1 AND w.received_at >= $13 AND w.visit_id = p.id AND (w.paid_at < $3 OR w.paid_at >= $4)
        OFFSET 0) e
    UNION ALL
    SELECT e.* FROM event e
    WHERE e.provider_id = $1 AND e.received_at >= $13 AND e.paid_at >= $3 AND e.paid_at < $4
      AND ((e.visit_id IS NULL AND (e.kind IN ('check_in', 'check_out', 'fix') OR e.check_in_id IS NOT NULL))
           OR (e.code = 'not_your_visit' AND e.visit_id <> ALL (coalesce($2::uuid[], '{}'))
               AND NOT EXISTS (SELECT FROM visits_planned($1, $9, $10, $11, $12, $6) AS id WHERE id = e.visit_id)))
    UNION ALL
    SELECT e.* FROM event e
    WHERE $8 AND e.provider_id = $1 AND e.visit_id IS NULL AND e.kind = 'fix' AND e.about_event_id IN (
        SELECT w.event_id FROM event w WHERE w.provider_id = $1 AND w.visit_id = ANY ($2::uuid[]))
)
SELECT e.row_id::text, e.event_id::text, e.device_id::text, e.carer_id::text, e.kind,
       CASE WHEN e.visit_id IS NOT NULL THEN e.visit_id::text
            WHEN e.kind IN ('check_in', 'check_out') OR e.check_in_id IS NOT NULL
            THEN visit_nobody_planned(e.carer_id, coalesce(e.check_in_id, e.event_id))::text END,
       e.visit_id IS NULL, e.code IS NOT DISTINCT FROM 'not_your_visit' AND r.event_row IS NULL, e.paid_at,
       greatest(e.received_at, r.released_at),
       e.flags || coalesce(j.reasons, '{}') || CASE
           WHEN e.chain_waiting AND e.received_at <= $7 AND NOT EXISTS (
               SELECT FROM event_link k WHERE k.provider_id = e.provider_id AND k.device_id = e.device_id
                   AND k.seq = e.seq - 1 AND ($6::timestamptz IS NULL OR k.received_at <= $6))
           THEN '{chain_waiting}'::text[] ELSE '{}' END || CASE
           WHEN t.verdict <> 'verified' THEN ARRAY[t.verdict] ELSE '{}' END,
       coalesce(j.evidence_level, 'statement'), encode(e.signed_hash, 'hex'), e.service_user_id::text,
       j.distance_m + j.accuracy_m, j.fix_age_s, j.place_id::text, coalesce(j.fence = 'inside', false),
       e.about_event_id::text, t.verdict, t.kind
FROM found e
LEFT JOIN event_release r ON r.provider_id = e.provider_id AND r.event_row = e.row_id
     AND ($6::timestamptz IS NULL OR r.released_at <= $6)
LEFT JOIN event_judgement j ON j.provider_id = e.provider_id AND j.event_row = e.row_id
     AND ($6::timestamptz IS NULL OR j.judged_at <= $6) AND NOT EXISTS (
         SELECT FROM event_judgement w
         WHERE w.provider_id = j.provider_id AND w.event_row = j.event_row AND w.number > 1 AND w.number > j.number
           AND ($6::timestamptz IS NULL OR w.judged_at <= $6))
LEFT JOIN LATERAL (
    SELECT token_verdict(w, $6) AS verdict, w.kind FROM event_token w
    WHERE w.provider_id = e.provider_id AND w.event_row = e.row_id) t ON true
WHERE (e.outcome = 'accepted' OR r.event_row IS NOT NULL OR e.code = 'not_your_visit')
  AND e.paid_at IS NOT NULL AND e.event_id IS NOT NULL
  AND ($5::uuid IS NULL OR e.carer_id = $5)
  AND ($6::timestamptz IS NULL OR e.received_at <= $6)

-- name: employments
SELECT e.id::text, e.carer_id::text, v.starts_on, v.ends_on
FROM employment e JOIN LATERAL (
    SELECT starts_on, ends_on FROM employment_version w
    WHERE w.provider_id = e.provider_id AND w.employment_id = e.id
      AND ($2::timestamptz IS NULL OR w.recorded_at <= $2)
    ORDER BY version DESC LIMIT 1) v ON true
WHERE e.provider_id = $1

-- name: packages
SELECT DISTINCT ON (p.package_id, p.starts_on)
       p.package_id::text, p.starts_on, p.ends_on, p.service_user_id::text, p.contract_id::text, p.service, p.zone,
       p.carers, p.high_dependency, p.funding::text
FROM package_version p
WHERE p.provider_id = $1 AND p.package_id = ANY ($2::uuid[]) AND ($3::timestamptz IS NULL OR p.recorded_at <= $3)
ORDER BY p.package_id, p.starts_on, p.version DESC

-- name: places
-- People's homes, each by its person's own id, and of the places approved besides those in $3.
SELECT * FROM (
    SELECT DISTINCT ON (s.service_user_id) s.service_user_id::text AS place_id, s.lat, s.lon, s.radius_m
    FROM service_user_version s
    WHERE s.provider_id = $1 AND s.service_user_id = ANY ($2::uuid[])
      AND ($4::timestamptz IS NULL OR s.recorded_at <= $4)
    ORDER BY s.service_user_id, s.version DESC) home
UNION ALL
SELECT * FROM (
    SELECT DISTINCT ON (a.place_id) a.place_id::text, a.lat, a.lon, a.radius_m
    FROM approved_place_version a
    WHERE a.provider_id = $1 AND a.place_id = ANY ($3::uuid[])
      AND ($4::timestamptz IS NULL OR a.recorded_at <= $4)
    ORDER BY a.place_id, a.version DESC) beside

-- name: corrections
-- Corrections whose newest decision accepts them, of the visits $2, and of those planned from $4 up to $5 as above.
SELECT c.visit_id::text, c.carer_id::text, c.proposed_start, c.proposed_end, d.decided_at
FROM (SELECT unnest($2::uuid[]) AS id UNION SELECT id FROM visits_planned($1, $4, $5, $6, $7, $3) AS id) p
CROSS JOIN LATERAL (SELECT * FROM correction w WHERE w.provider_id = $1 AND w.visit_id = p.id OFFSET 0) c
JOIN LATERAL (
    SELECT decision, decided_at FROM correction_decision w
    WHERE w.provider_id = c.provider_id AND w.correction_id = c.id AND ($3::timestamptz IS NULL OR w.decided_at <= $3)
    ORDER BY number DESC LIMIT 1) d ON d.decision = 'accepted'

-- name: activity_events
SELECT e.row_id::text, e.event_id::text, e.carer_id::text, e.kind, e.activity, e.seq, e.paid_at,
       greatest(e.received_at, r.released_at), e.flags, encode(e.signed_hash, 'hex'), a.content
FROM event e
LEFT JOIN event_release r ON r.provider_id = e.provider_id AND r.event_row = e.row_id
     AND ($5::timestamptz IS NULL OR r.released_at <= $5)
LEFT JOIN event_attachment a ON a.provider_id = e.provider_id AND a.event_row = e.row_id AND a.kind = 'payload'
WHERE e.provider_id = $1 AND e.paid_at >= $2 AND e.paid_at < $3 AND e.kind IN ('activity_start', 'activity_end')
  AND e.activity IS NOT NULL AND (e.outcome = 'accepted' OR r.event_row IS NOT NULL)
  AND ($4::uuid[] IS NULL OR e.carer_id = ANY ($4)) AND ($5::timestamptz IS NULL OR e.received_at <= $5)

-- name: day_corrections
-- Accepted corrections of a day: time of a kind that nothing had recorded.
SELECT c.id::text, c.carer_id::text, c.reason_code, c.proposed_start, c.proposed_end, d.decided_at
FROM correction c JOIN LATERAL (
    SELECT decision, decided_at FROM correction_decision w
    WHERE w.provider_id = c.provider_id AND w.correction_id = c.id AND ($5::timestamptz IS NULL OR w.decided_at <= $5)
    ORDER BY number DESC LIMIT 1) d ON d.decision = 'accepted'
WHERE c.provider_id = $1 AND c.day IS NOT NULL AND c.proposed_start >= $2 AND c.proposed_start < $3
  AND ($4::uuid[] IS NULL OR c.carer_id = ANY ($4))

-- name: activity_entries
-- Every version of the time that managers entered, where any version starts within the range.
SELECT v.activity_id::text, v.version, v.carer_id::text, v.kind, v.starts_at, v.ends_at, v.lat, v.lon, v.withdrawn,
       v.recorded_at, encode(v.digest, 'hex')
FROM activity_version v
WHERE v.provider_id = $1 AND ($4::uuid[] IS NULL OR v.carer_id = ANY ($4))
  AND ($5::timestamptz IS NULL OR v.recorded_at <= $5)
  AND EXISTS (SELECT FROM activity_version w
              WHERE w.provider_id = $1 AND w.activity_id = v.activity_id AND w.starts_at >= $2 AND w.starts_at < $3
                AND ($5::timestamptz IS NULL OR w.recorded_at <= $5))
