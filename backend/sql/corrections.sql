-- Proposals about recorded times. $1 is the provider.

-- name: lock
-- Decisions about one correction come one after the other, and what managers propose of one carer. $1 is which.
SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 0))

-- name: own_visit
-- Whether a visit is one of the carer's: the rota named her, or she recorded something of it.
SELECT EXISTS (
    SELECT FROM visit_version v JOIN employment e ON e.provider_id = v.provider_id AND e.carer_id = $3
         AND e.id IN (v.carer, v.second_carer)
    WHERE v.provider_id = $1 AND v.visit_id = $2
) OR EXISTS (
    SELECT FROM event e WHERE e.provider_id = $1 AND e.carer_id = $3 AND (e.visit_id = $2 OR (
        e.visit_id IS NULL AND e.kind IN ('check_in', 'check_out')
        AND visit_nobody_planned(e.carer_id, coalesce(e.check_in_id, e.event_id)) = $2))
)

-- name: planned
-- When a visit is planned to start and to end.
SELECT starts_at, ends_at FROM visit_version WHERE provider_id = $1 AND visit_id = $2 ORDER BY version DESC LIMIT 1

-- name: same_open
-- What a manager ($8) proposed in the same words, and nobody has decided. Of a carer ($2), who is held meanwhile.
SELECT c.id FROM waiting w JOIN correction c ON c.provider_id = w.provider_id AND c.id = w.item_id
WHERE w.provider_id = $1 AND w.kind = 'correction' AND c.carer_id = $2 AND c.visit_id IS NOT DISTINCT FROM $3
  AND c.proposed_start IS NOT DISTINCT FROM $4 AND c.proposed_end IS NOT DISTINCT FROM $5 AND c.reason_code = $6
  AND c.own_reason IS NOT DISTINCT FROM $7 AND c.user_id = $8 AND c.note_hash IS NOT DISTINCT FROM $9
LIMIT 1

-- name: insert
INSERT INTO correction (provider_id, id, carer_id, visit_id, day, proposed_start, proposed_end, reason_code,
                        proposed_by, user_id, device_id, note_hash, signed, signature, received_at, own_reason)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
ON CONFLICT (provider_id, id) DO NOTHING RETURNING id

-- name: insert_note
INSERT INTO correction_note (provider_id, correction_id, content) VALUES ($1, $2, $3)

-- name: one
SELECT c.*, n.content AS note FROM correction c
LEFT JOIN correction_note n ON n.provider_id = c.provider_id AND n.correction_id = c.id
WHERE c.provider_id = $1 AND c.id = $2

-- name: of_carer
SELECT c.*, n.content AS note FROM correction c
LEFT JOIN correction_note n ON n.provider_id = c.provider_id AND n.correction_id = c.id
WHERE c.provider_id = $1 AND c.carer_id = $2 ORDER BY c.received_at DESC, c.id

-- name: decisions
SELECT correction_id, number, decision, decided_at, decided_by, reason FROM correction_decision
WHERE provider_id = $1 AND correction_id = ANY ($2::uuid[]) ORDER BY correction_id, number

-- name: insert_decision
INSERT INTO correction_decision (provider_id, correction_id, number, decision, decided_by, decided_at, reason)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: kept_reasons
-- The newest version of each of the provider's own reasons and first days.
SELECT DISTINCT ON (reference, starts_on) reference, starts_on, ends_on, words, means
FROM correction_reason_version WHERE provider_id = $1 ORDER BY reference, starts_on, version DESC

-- name: reasons_on
-- The provider's own reasons in force on a London date.
SELECT reference, words, means FROM (
    SELECT DISTINCT ON (reference, starts_on) reference, starts_on, ends_on, words, means
    FROM correction_reason_version WHERE provider_id = $1 ORDER BY reference, starts_on, version DESC) newest
WHERE starts_on <= $2 AND (ends_on IS NULL OR ends_on >= $2) ORDER BY words, reference
