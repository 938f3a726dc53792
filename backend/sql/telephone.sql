-- Calls and text messages to a provider's number. $1 is the provider unless the query says otherwise.

-- name: home
-- $1 is the service.
SELECT provider_id FROM telephone_home($1)

-- name: service
SELECT dialect, secret FROM telephone_service WHERE provider_id = $1 AND id = $2 AND ended_at IS NULL

-- name: insert_service
INSERT INTO telephone_service (provider_id, id, dialect, label, secret, recorded_at) VALUES ($1, $2, $3, $4, $5, $6)

-- name: end_service
UPDATE telephone_service SET ended_at = coalesce(ended_at, $3) WHERE provider_id = $1 AND id = $2 RETURNING id

-- name: services
SELECT id, dialect, label, recorded_at, ended_at FROM telephone_service WHERE provider_id = $1 ORDER BY recorded_at, id

-- name: carers_line
-- The telephone of the carer whose number has this hash, held until the transaction ends.
SELECT id FROM device WHERE provider_id = $1 AND platform = 'telephone' AND install_id = $2 FOR UPDATE

-- name: newest
-- The end of a chain.
SELECT seq, signed_hash FROM event_key WHERE provider_id = $1 AND device_id = $2 ORDER BY seq DESC LIMIT 1

-- name: held
SELECT kind, occurred_at FROM event WHERE provider_id = $1 AND device_id = $2 AND event_id = $3

-- name: line_person
-- Those in whose homes the line with this hash is in use.
SELECT service_user_id FROM home_tag t
WHERE t.provider_id = $1 AND t.kind = 'line' AND t.uid = $2 AND t.starts_at <= $3
  AND NOT EXISTS (SELECT FROM home_tag_retirement r
                  WHERE r.provider_id = t.provider_id AND r.tag_id = t.id AND r.retired_at <= $3)

-- name: visits
-- The carer's own visits planned to begin from $3 to $4, as they stand now: whose, and when she last arrived and left.
SELECT plan.visit_id, NULL::uuid AS check_in_id, plan.starts_at, plan.ends_at, p.service_user_id,
       (SELECT max(x.paid_at) FROM event x WHERE x.provider_id = $1 AND x.visit_id = plan.visit_id AND x.carer_id = $2
        AND x.outcome = 'accepted' AND x.kind = 'check_in') AS arrived,
       (SELECT max(x.paid_at) FROM event x WHERE x.provider_id = $1 AND x.visit_id = plan.visit_id AND x.carer_id = $2
        AND x.outcome = 'accepted' AND x.kind = 'check_out') AS left
FROM (SELECT DISTINCT ON (v.visit_id) v.visit_id, v.status, v.starts_at, v.ends_at, v.package_id, v.carer, v.second_carer
      FROM visit_version v
      WHERE v.provider_id = $1 AND v.visit_id IN (
          SELECT visit_id FROM visit_version WHERE provider_id = $1 AND starts_at BETWEEN $3 AND $4)
      ORDER BY v.visit_id, v.version DESC) AS plan
JOIN LATERAL (SELECT service_user_id FROM package_version w
              WHERE w.provider_id = $1 AND w.package_id = plan.package_id
              ORDER BY starts_on DESC, version DESC LIMIT 1) p ON true
WHERE plan.status = 'planned' AND plan.starts_at BETWEEN $3 AND $4 AND EXISTS (
    SELECT FROM employment e WHERE e.provider_id = $1 AND e.carer_id = $2 AND e.id IN (plan.carer, plan.second_carer))
ORDER BY plan.starts_at, plan.visit_id

-- name: unplanned
-- Her arrivals since $3 at visits that nobody planned, told by telephone or by a phone of hers, in the columns of `visits`.
WITH told AS (
    SELECT e.kind, e.event_id, e.check_in_id, e.paid_at, e.service_user_id FROM event e
    WHERE e.provider_id = $1 AND e.carer_id = $2 AND e.visit_id IS NULL AND e.kind IN ('check_in', 'check_out')
      AND e.outcome = 'accepted' AND e.paid_at >= $3)
SELECT NULL::uuid AS visit_id, a.event_id AS check_in_id, a.paid_at AS starts_at, a.paid_at AS ends_at, a.service_user_id,
       (SELECT max(x.paid_at) FROM told x WHERE x.kind = 'check_in' AND a.event_id IN (x.check_in_id, x.event_id)) AS arrived,
       (SELECT max(x.paid_at) FROM told x WHERE x.kind = 'check_out' AND x.check_in_id = a.event_id) AS left
FROM told a
WHERE a.kind = 'check_in' AND a.check_in_id IS NULL
ORDER BY a.paid_at, a.event_id
