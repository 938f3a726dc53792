-- Events of phones. $1 is the provider.

-- name: links
-- What is held around the places and ids of a batch.
SELECT id, seq, signed_hash, prev, verdict, holds, event_row, received_at, outcome, code
FROM event_link WHERE provider_id = $1 AND device_id = $2 AND seq = ANY ($3::bigint[])
UNION
SELECT id, seq, signed_hash, prev, verdict, holds, event_row, received_at, outcome, code
FROM event_link WHERE provider_id = $1 AND device_id = $2 AND id = ANY ($4::uuid[])

-- name: unlinked
-- Events that hold no place, by their row: the same bytes sent again.
SELECT row_id, received_at, outcome, code FROM event WHERE provider_id = $1 AND row_id = ANY ($2::uuid[])

-- name: visit_places
-- For each visit asked about: whether any version named one of the carer's employments, whose it is, its London date.
SELECT v.visit_id, bool_or(e.id IS NOT NULL) AS named, max(p.service_user_id::text)::uuid AS service_user_id,
       max(p.day) AS day
FROM visit_version v
LEFT JOIN employment e ON e.provider_id = v.provider_id AND e.carer_id = $3 AND e.id IN (v.carer, v.second_carer)
LEFT JOIN LATERAL (
    SELECT k.service_user_id, d.day
    FROM package_version k, LATERAL (SELECT (v.starts_at AT TIME ZONE 'Europe/London')::date AS day) d
    WHERE k.provider_id = v.provider_id AND k.package_id = v.package_id AND k.starts_on <= d.day
    ORDER BY k.starts_on DESC, k.version DESC LIMIT 1
) p ON v.version = (SELECT max(w.version) FROM visit_version w
                    WHERE w.provider_id = v.provider_id AND w.visit_id = v.visit_id)
WHERE v.provider_id = $1 AND v.visit_id = ANY ($2::uuid[])
GROUP BY v.visit_id

-- name: homes
SELECT DISTINCT ON (v.employment_id) v.home_lat AS lat, v.home_lon AS lon
FROM employment e JOIN employment_version v ON v.provider_id = e.provider_id AND v.employment_id = e.id
WHERE e.provider_id = $1 AND e.carer_id = $2 ORDER BY v.employment_id, v.version DESC

-- name: insert_event
INSERT INTO event (provider_id, received_at, row_id, batch_id, batch_index, device_id, carer_id, outcome, code, detail,
                   chain_waiting, event_id, seq, prev, kind, visit_id, check_in_id, about_event_id, service_user_id,
                   activity, task_id, occurred_at, paid_at, clock_id, monotonic_ms, method, offset_low_ms,
                   offset_high_ms, flags, signed, signed_hash, signature, raw)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24,
        $25, $26, $27, $28, $29, $30, $31, $32, $33)

-- name: insert_link
INSERT INTO event_link (provider_id, device_id, seq, signed_hash, prev, event_row, id, verdict, holds, received_at,
                        outcome, code)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: insert_key
-- The places nobody else may hold; the lock on the device makes a clash impossible, this constraint proves it.
INSERT INTO event_key (provider_id, device_id, id, seq, signed_hash, event_row, received_at, outcome, code)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: insert_attachment
INSERT INTO event_attachment (provider_id, event_row, kind, content, received_at) VALUES ($1, $2, $3, $4, $5)

-- name: insert_judgement
INSERT INTO event_judgement (provider_id, event_row, number, because_place, rule_version, judged_at, fence, place_id,
                             distance_m, accuracy_m, fix_age_s, at_home, position_kept, evidence_level, reasons)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

-- name: insert_token
INSERT INTO event_token (provider_id, event_row, rule_version, verdict, kind, tag_id, counter, occurred_at, accepted,
                         judged_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: insert_help
INSERT INTO alert (provider_id, kind, subject, carer_id, raised_at) VALUES ($1, 'help', $2, $3, $4)
ON CONFLICT DO NOTHING

-- name: insert_batch
INSERT INTO event_batch (provider_id, id, device_id, received_at, batch, kid, signature)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: insert_unclaimed
-- $1 is the id, made from the bytes: the same bytes are kept once.
INSERT INTO unclaimed_event (id, kind, received_at, sha256, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING

-- name: newest_checkpoint
SELECT body, kid, signature FROM checkpoint WHERE provider_id = $1 ORDER BY number DESC LIMIT 1
