-- How long records are kept, legal holds, and what is forgotten. $1 is the provider.

-- name: periods
-- The provider's own periods in force on a London date ($2).
SELECT DISTINCT ON (class) class, days, starts_on, reason FROM retention_version
WHERE provider_id = $1 AND starts_on <= $2 ORDER BY class, starts_on DESC, version DESC

-- name: set_period
INSERT INTO retention_version (provider_id, class, starts_on, version, days, reason, set_by, recorded_at)
SELECT $1, $2, $3, coalesce(max(version), 0) + 1, $4, $5, $6, $7 FROM retention_version
WHERE provider_id = $1 AND class = $2 AND starts_on = $3

-- name: holds
-- Holds that stand, or every one ($2).
SELECT h.id, h.subject, h.subject_id, h.reason, h.set_at, e.reason AS lifted_because, e.lifted_at,
       coalesce((SELECT c.reference FROM carer c WHERE c.provider_id = h.provider_id AND c.id = h.subject_id),
                (SELECT p.reference FROM service_user p WHERE p.provider_id = h.provider_id AND p.id = h.subject_id)) AS reference
FROM legal_hold h LEFT JOIN legal_hold_end e ON e.provider_id = h.provider_id AND e.hold_id = h.id
WHERE h.provider_id = $1 AND ($2 OR e.hold_id IS NULL) ORDER BY h.set_at DESC, h.id

-- name: lock_holds
-- Whoever sets a hold waits for deletions that did not see it, and deletions for holds. $1 is the provider.
SELECT pg_advisory_xact_lock(hashtextextended('legal_hold/' || $1::uuid::text, 0))

-- name: set_hold
INSERT INTO legal_hold (provider_id, id, subject, subject_id, reason, set_by, set_at) VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: lift_hold
INSERT INTO legal_hold_end (provider_id, hold_id, reason, lifted_by, lifted_at)
SELECT h.provider_id, h.id, $3, $4, $5 FROM legal_hold h WHERE h.provider_id = $1 AND h.id = $2
ON CONFLICT DO NOTHING RETURNING hold_id

-- name: carer
SELECT id FROM carer WHERE provider_id = $1 AND reference = $2

-- name: person
SELECT id FROM service_user WHERE provider_id = $1 AND reference = $2

-- name: has_old_attachments
-- Whether any positions, or words ($2), were handed in before $3, whoever's they are.
SELECT EXISTS (SELECT FROM event_attachment WHERE provider_id = $1 AND kind = $2 AND received_at < $3)

-- name: due_attachments
-- Positions, or words ($2), handed in before $3, of nobody whose records are held ($4 carers, $5 people), and of no visit
-- that is in dispute; $6 of them at most. What phones said of the places of activities stays: days are worked out by it.
-- What came with an event has its receipt, which says in which year to look for it.
SELECT a.event_row
FROM event_attachment a
JOIN event e ON e.provider_id = a.provider_id AND e.received_at = a.received_at AND e.row_id = a.event_row
WHERE a.provider_id = $1 AND a.kind = $2 AND a.received_at < $3 AND e.received_at < $3
  AND ($2 = 'fix' OR e.kind IS NULL OR e.kind NOT IN ('activity_start', 'activity_end'))
  AND NOT e.carer_id = ANY ($4::uuid[])
  AND e.row_id NOT IN (SELECT events_of_person(held) FROM unnest($5::uuid[]) AS held)
  AND (e.visit_id IS NULL OR (
      NOT EXISTS (SELECT FROM dispute p WHERE p.provider_id = e.provider_id AND p.visit_id = e.visit_id
                  AND NOT EXISTS (SELECT FROM dispute_decision d
                                  WHERE d.provider_id = p.provider_id AND d.dispute_id = p.id))
      AND NOT EXISTS (SELECT FROM document_line l
                      JOIN dispute p ON p.provider_id = l.provider_id AND p.document_id = l.document_id AND p.line = l.line
                      WHERE l.provider_id = e.provider_id AND l.visit_id = e.visit_id
                      AND NOT EXISTS (SELECT FROM dispute_decision d
                                      WHERE d.provider_id = p.provider_id AND d.dispute_id = p.id))))
ORDER BY a.received_at LIMIT $6

-- name: due_copies
-- Events handed in before $2 whose copy as it came is still held, of nobody whose records are held ($3 carers, $4 people), and of
-- no visit that is in dispute; $5 of them at most.
SELECT e.row_id FROM event e
WHERE e.provider_id = $1 AND e.raw IS NOT NULL AND e.received_at < $2 AND NOT e.carer_id = ANY ($3::uuid[])
  AND e.row_id NOT IN (SELECT events_of_person(held) FROM unnest($4::uuid[]) AS held)
  AND (e.visit_id IS NULL OR NOT EXISTS (
      SELECT FROM dispute p
      LEFT JOIN document_line l ON l.provider_id = p.provider_id AND l.document_id = p.document_id AND l.line = p.line
      WHERE p.provider_id = e.provider_id AND e.visit_id IN (p.visit_id, l.visit_id)
      AND NOT EXISTS (SELECT FROM dispute_decision d WHERE d.provider_id = p.provider_id AND d.dispute_id = p.id)))
ORDER BY e.received_at LIMIT $5

-- name: forget_unclaimed
SELECT forget_unclaimed($1)

-- name: due_notes
-- Words of corrections proposed before $2, of nobody whose records are held ($3 carers, $4 people), and of no visit that is in
-- dispute; $5 of them at most.
SELECT n.correction_id FROM correction_note n
JOIN correction c ON c.provider_id = n.provider_id AND c.id = n.correction_id
WHERE n.provider_id = $1 AND c.received_at < $2 AND NOT c.carer_id = ANY ($3::uuid[])
  AND (c.visit_id IS NULL OR c.visit_id NOT IN (SELECT visits_of_person(held) FROM unnest($4::uuid[]) AS held))
  AND (c.visit_id IS NULL OR c.visit_id NOT IN (SELECT visits_in_dispute()))
LIMIT $5

-- name: due_looks
SELECT id FROM access_log WHERE provider_id = $1 AND looked_at < $2 ORDER BY looked_at LIMIT $3

-- name: insert_forgetting
INSERT INTO forgetting (provider_id, id, class, days, before, subject_id, reason, asked_by, forgotten_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: forget
SELECT forget($1, $2, $3, $4, $5)

-- name: forgettings
-- What was forgotten, the newest first.
SELECT f.id, f.class, f.days, f.before, f.subject_id, f.reason, f.forgotten_at,
       (SELECT coalesce(sum(g.rows), 0)::integer FROM forgotten g
        WHERE g.provider_id = f.provider_id AND g.forgetting_id = f.id) AS rows
FROM forgetting f WHERE f.provider_id = $1 ORDER BY f.forgotten_at DESC, f.id LIMIT $2

-- name: forgotten_keys
-- The keys of all that was forgotten, when, and whose erasure asked for it.
SELECT g.forgetting_id, g.table_name, g.erased, g.keys, g.forgotten_at, f.subject_id
FROM forgotten g JOIN forgetting f ON f.provider_id = g.provider_id AND f.id = g.forgetting_id
WHERE g.provider_id = $1

-- name: still_named
-- Erasures of nobody, or of somebody whose name stands in what was recorded until then.
SELECT f.id FROM forgetting f
WHERE f.provider_id = $1 AND f.subject_id IS NOT NULL AND (
    NOT EXISTS (SELECT FROM carer c WHERE c.provider_id = f.provider_id AND c.id = f.subject_id
                UNION ALL SELECT FROM service_user s WHERE s.provider_id = f.provider_id AND s.id = f.subject_id)
    OR EXISTS (SELECT FROM employment e JOIN employment_version v ON v.provider_id = e.provider_id AND v.employment_id = e.id
            WHERE e.provider_id = f.provider_id AND e.carer_id = f.subject_id AND v.recorded_at <= f.forgotten_at
            AND v.name <> 'Erased')
    OR EXISTS (SELECT FROM service_user_version v WHERE v.provider_id = f.provider_id AND v.service_user_id = f.subject_id
               AND v.recorded_at <= f.forgotten_at AND v.name <> 'Erased'))

-- name: holding_what_goes
-- Rows, of some tables ($2), that hold what an erasure takes away, by their keys as seals have them.
SELECT 'employment_version' AS table_name, jsonb_build_array(employment_id, version)::text AS key FROM employment_version
WHERE provider_id = $1 AND 'employment_version' = ANY ($2::text[])
  AND (name <> 'Erased' OR home_postcode IS NOT NULL OR home_lat IS NOT NULL OR home_lon IS NOT NULL)
UNION ALL
SELECT 'service_user_version', jsonb_build_array(service_user_id, version)::text FROM service_user_version
WHERE provider_id = $1 AND 'service_user_version' = ANY ($2)
  AND (name <> 'Erased' OR address <> 'Erased' OR access_note IS NOT NULL)
UNION ALL
SELECT 'device', jsonb_build_array(id)::text FROM device
WHERE provider_id = $1 AND 'device' = ANY ($2) AND name <> 'Erased'
UNION ALL
SELECT 'event', words_of_event_key(received_at, row_id) FROM event
WHERE provider_id = $1 AND 'event' = ANY ($2) AND raw IS NOT NULL

-- name: positions_gone
-- Events whose position was kept and is not there, with the key that the position had.
SELECT e.row_id, e.received_at, e.carer_id, jsonb_build_array(e.row_id, 'fix')::text AS key
FROM event e JOIN event_judgement j ON j.provider_id = e.provider_id AND j.event_row = e.row_id AND j.number = 1
WHERE e.provider_id = $1 AND j.position_kept
  AND NOT EXISTS (SELECT FROM event_attachment a
                  WHERE a.provider_id = e.provider_id AND a.event_row = e.row_id AND a.kind = 'fix')

-- name: words_gone
-- Events without words, with what was signed of them, and corrections without theirs; with the keys that the words had. What
-- was not as its phone signed it never had words apart from its copy.
SELECT 'event_attachment' AS table_name, e.row_id AS id, e.received_at, e.signed, jsonb_build_array(e.row_id, 'payload')::text AS key
FROM event e
WHERE e.provider_id = $1 AND e.signed IS NOT NULL AND e.raw IS NULL AND e.raw_digest IS NULL
  AND NOT EXISTS (SELECT FROM event_attachment a
                  WHERE a.provider_id = e.provider_id AND a.event_row = e.row_id AND a.kind = 'payload')
UNION ALL
SELECT 'correction_note', c.id, c.received_at, NULL, jsonb_build_array(c.id)::text FROM correction c
WHERE c.provider_id = $1 AND c.note_hash IS NOT NULL
  AND NOT EXISTS (SELECT FROM correction_note n WHERE n.provider_id = c.provider_id AND n.correction_id = c.id)

-- name: wage_reports
SELECT id, period_start, period_end, edition, snapshot FROM document
WHERE provider_id = $1 AND kind = 'wage_report' ORDER BY period_start, edition

-- name: person_reference
SELECT reference FROM service_user WHERE provider_id = $1 AND id = $2

-- name: carer_versions
-- What names a carer, in every version of which that is not erased.
SELECT v.employment_id::text AS id, v.version, v.recorded_at, v.name FROM employment_version v
JOIN employment e ON e.provider_id = v.provider_id AND e.id = v.employment_id
WHERE v.provider_id = $1 AND e.carer_id = $2 AND v.name <> 'Erased' ORDER BY v.employment_id, v.version

-- name: person_versions
-- What names and places a person, likewise.
SELECT v.service_user_id::text AS id, v.version, v.recorded_at, v.name, v.address FROM service_user_version v
WHERE v.provider_id = $1 AND v.service_user_id = $2 AND v.name <> 'Erased' ORDER BY v.version

-- name: carer_ends
-- The last day of a carer's last employment; null while one goes on.
SELECT CASE WHEN bool_and(n.ends_on IS NOT NULL) THEN max(n.ends_on) END FROM (
    SELECT DISTINCT ON (v.employment_id) v.ends_on FROM employment_version v
    JOIN employment e ON e.provider_id = v.provider_id AND e.id = v.employment_id
    WHERE v.provider_id = $1 AND e.carer_id = $2 ORDER BY v.employment_id, v.version DESC) n

-- name: person_ends
SELECT CASE WHEN bool_and(n.ends_on IS NOT NULL) THEN max(n.ends_on) END FROM (
    SELECT DISTINCT ON (p.package_id) p.ends_on FROM package_version p
    WHERE p.provider_id = $1 AND p.service_user_id = $2 ORDER BY p.package_id, p.starts_on DESC, p.version DESC) n

-- name: words_of_carer
-- Positions, or words ($3), of a carer; the places of activities stay. Here and below, what a hold on somebody else ($4 carers,
-- $5 people) or an open dispute keeps stays too.
SELECT a.event_row FROM event e
JOIN event_attachment a ON a.provider_id = e.provider_id AND a.event_row = e.row_id AND a.kind = $3
WHERE e.provider_id = $1 AND e.carer_id = $2
  AND ($3 = 'fix' OR e.kind IS NULL OR e.kind NOT IN ('activity_start', 'activity_end'))
  AND e.row_id NOT IN (SELECT events_held($4, $5))

-- name: words_of_person
-- Words ($3) of the events of visits to a person.
SELECT a.event_row FROM event_attachment a
WHERE a.provider_id = $1 AND a.kind = $3 AND a.event_row IN (SELECT events_of_person($2))
  AND a.event_row NOT IN (SELECT events_held($4, $5))

-- name: copies_of_carer
-- A carer's events whose copy as it came is still there. $3 carers, $4 people.
SELECT e.row_id FROM event e WHERE e.provider_id = $1 AND e.carer_id = $2 AND e.raw IS NOT NULL
  AND e.row_id NOT IN (SELECT events_held($3, $4))

-- name: copies_of_person
-- The same of visits to a person.
SELECT e.row_id FROM event e WHERE e.provider_id = $1 AND e.raw IS NOT NULL AND e.row_id IN (SELECT events_of_person($2))
  AND e.row_id NOT IN (SELECT events_held($3, $4))

-- name: notes_of_carer
-- A carer's own words with corrections. $3 carers, $4 people.
SELECT n.correction_id FROM correction c
JOIN correction_note n ON n.provider_id = c.provider_id AND n.correction_id = c.id
WHERE c.provider_id = $1 AND c.carer_id = $2 AND c.proposed_by = 'carer' AND NOT c.carer_id = ANY ($3::uuid[])
  AND (c.visit_id IS NULL OR c.visit_id NOT IN (
      SELECT visits_in_dispute() UNION SELECT visits_of_person(held) FROM unnest($4::uuid[]) AS held))

-- name: notes_of_person
-- Carers' words with corrections of visits to a person.
SELECT n.correction_id FROM correction c
JOIN correction_note n ON n.provider_id = c.provider_id AND n.correction_id = c.id
WHERE c.provider_id = $1 AND c.proposed_by = 'carer' AND c.visit_id IN (SELECT visits_of_person($2))
  AND NOT c.carer_id = ANY ($3::uuid[]) AND c.visit_id NOT IN (
      SELECT visits_in_dispute() UNION SELECT visits_of_person(held) FROM unnest($4::uuid[]) AS held)

-- name: erase
SELECT erase($1, $2, $3, $4)

-- name: keep_identity
INSERT INTO kept_identity (provider_id, forgetting_id, sealed, until, forgotten_at) VALUES ($1, $2, $3, $4, $5)

-- name: kept_identities
-- Names that were erased after an instant ($2): what was made before it says them.
SELECT forgetting_id, sealed FROM kept_identity WHERE provider_id = $1 AND forgotten_at > $2

-- name: due_identities
-- Names kept sealed up to a day before $2, of nobody on whom a hold is ($3 carers and people); $4 of them at most.
SELECT k.forgetting_id FROM kept_identity k
JOIN forgetting f ON f.provider_id = k.provider_id AND f.id = k.forgetting_id
WHERE k.provider_id = $1 AND k.until < $2 AND NOT f.subject_id = ANY ($3::uuid[]) LIMIT $4
