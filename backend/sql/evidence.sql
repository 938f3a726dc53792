-- What an evidence bundle holds beside the facts themselves. $1 is the provider.

-- name: report
-- A frozen wage report by its id, or those of the period that begins on $3.
SELECT id, scope, period_start, period_end, edition, as_of, created_at, summary, snapshot, snapshot_digest, facts_digest
FROM document
WHERE provider_id = $1 AND kind = 'wage_report' AND (id = $2 OR period_start = $3)
ORDER BY created_at DESC

-- name: report_pdf
SELECT content FROM document_file WHERE provider_id = $1 AND document_id = $2 AND format = 'pdf'

-- name: events
-- Events by their rows, each with its position and words, what was concluded from them, and its place in a checkpoint.
-- Releases and judgements count up to $3.
SELECT e.row_id, e.device_id, e.carer_id, e.visit_id, e.seq, e.outcome, e.code, e.received_at, e.signed, e.signature,
       e.signed_hash, e.batch_id, e.batch_index, e.offset_low_ms, e.offset_high_ms, f.content AS fix,
       p.content AS payload, r.released_at, j.rule_version, j.judged_at, j.fence, j.place_id, j.distance_m,
       j.accuracy_m, j.fix_age_s, j.position_kept, j.evidence_level, j.reasons, c.number, c.position
FROM event e
LEFT JOIN event_attachment f ON f.provider_id = e.provider_id AND f.event_row = e.row_id AND f.kind = 'fix'
LEFT JOIN event_attachment p ON p.provider_id = e.provider_id AND p.event_row = e.row_id AND p.kind = 'payload'
LEFT JOIN event_release r ON r.provider_id = e.provider_id AND r.event_row = e.row_id AND r.released_at <= $3
LEFT JOIN LATERAL (
    SELECT * FROM event_judgement w
    WHERE w.provider_id = e.provider_id AND w.event_row = e.row_id AND w.judged_at <= $3
    ORDER BY number DESC LIMIT 1) j ON true
LEFT JOIN checkpoint_event c ON c.provider_id = e.provider_id AND c.event_row = e.row_id
WHERE e.provider_id = $1 AND e.row_id = ANY ($2::uuid[])
ORDER BY e.device_id, e.seq, e.row_id

-- name: devices
SELECT id, carer_id, public_key, enrolled_at, replaced_at, revoked_at FROM device
WHERE provider_id = $1 AND id = ANY ($2::uuid[]) ORDER BY id

-- name: links
-- The digests that each phone's chain holds between two places.
SELECT DISTINCT k.device_id, k.seq, k.signed_hash
FROM unnest($2::uuid[], $3::bigint[], $4::bigint[]) AS wanted (device_id, low, high)
JOIN event_link k ON k.provider_id = $1 AND k.device_id = wanted.device_id AND k.seq BETWEEN wanted.low AND wanted.high
ORDER BY k.device_id, k.seq, k.signed_hash

-- name: receipts
SELECT id, device_id, batch, kid, signature FROM event_batch
WHERE provider_id = $1 AND id = ANY ($2::uuid[]) ORDER BY received_at, id

-- name: checkpoints
SELECT number, body, kid, signature FROM checkpoint WHERE provider_id = $1 AND number BETWEEN $2 AND $3 ORDER BY number

-- name: leaves
-- Everything that the digests of some checkpoints were made from.
SELECT c.number, e.row_id, e.device_id, e.signed_hash, coalesce(e.raw_digest, sha256(e.raw)) AS raw_digest, e.outcome, e.code, e.received_at
FROM checkpoint_event c JOIN event e ON e.provider_id = c.provider_id AND e.row_id = c.event_row
WHERE c.provider_id = $1 AND c.number = ANY ($2::bigint[]) ORDER BY c.number, c.position

-- name: corrections
-- Corrections of these visits, or with these ids, as they stood at $4.
SELECT id, carer_id, visit_id, day, proposed_start, proposed_end, reason_code, proposed_by, device_id, signed, signature,
       received_at
FROM correction
WHERE provider_id = $1 AND (visit_id = ANY ($2::uuid[]) OR id = ANY ($3::uuid[])) AND received_at <= $4
ORDER BY received_at, id

-- name: decisions
SELECT correction_id, number, decision, decided_by, decided_at FROM correction_decision
WHERE provider_id = $1 AND correction_id = ANY ($2::uuid[]) AND decided_at <= $3 ORDER BY correction_id, number
