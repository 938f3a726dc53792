-- name: register
-- The row that makes a run unique; it may be there already, from this worker or another.
INSERT INTO job_run (id, job, scope, period_key, due_at, status, attempts, worker, claimed_at)
VALUES (gen_random_uuid(), $1, $2, $3, $4, 'claimed', 0, $5, $6)
ON CONFLICT (job, scope, period_key) DO NOTHING

-- name: take
-- Holds the run for this transaction. Another worker that holds it, or a run that is done, gives no row; a worker that
-- dies lets go at once, because its transaction dies with it.
SELECT id, attempts FROM job_run
WHERE job = $1 AND scope = $2 AND period_key = $3 AND status <> 'done'
FOR UPDATE SKIP LOCKED

-- name: finish
UPDATE job_run SET status = 'done', attempts = attempts + 1, worker = $2, finished_at = $3, detail = $4 WHERE id = $1

-- name: fail
UPDATE job_run SET status = 'failed', attempts = attempts + 1, worker = $4, claimed_at = $5, detail = $6
WHERE job = $1 AND scope = $2 AND period_key = $3 AND status <> 'done'

-- name: pulses_taken
-- Which of these jobs that run each minute somebody runs or ran within the last, by the same measure as `take_pulse`.
SELECT job, scope FROM job_run
WHERE job = ANY ($1::text[]) AND scope = ANY ($2::text[]) AND period_key = 'each minute' AND attempts > 0
  AND claimed_at > $3::timestamptz - interval '1 minute' AND claimed_at <= $3::timestamptz + interval '1 minute'

-- name: take_pulse
-- Claims a job that runs each minute, unless somebody ran it within the last minute. A claim from further ahead is of a
-- clock that was wrong, and holds nobody up.
UPDATE job_run SET claimed_at = $3, worker = $4 WHERE id = (
    SELECT id FROM job_run WHERE job = $1 AND scope = $2 AND period_key = 'each minute'
    AND (attempts = 0 OR claimed_at <= $3::timestamptz - interval '1 minute'
         OR claimed_at > $3::timestamptz + interval '1 minute') FOR UPDATE SKIP LOCKED)
RETURNING id

-- name: beat_pulse
UPDATE job_run SET attempts = attempts + 1, finished_at = $2, detail = $3 WHERE id = $1

-- name: progress
-- How far each run has come: periods are worked in order, so the newest that is done is all that must be known.
SELECT DISTINCT ON (job, scope) job, scope, period_key FROM job_run
WHERE job = ANY ($1) AND scope = ANY ($2) AND status = 'done' ORDER BY job, scope, period_key DESC

-- name: failures
SELECT job, scope, period_key, attempts, claimed_at FROM job_run WHERE status = 'failed'

-- name: history
SELECT job, scope, period_key, due_at, status, attempts, worker, claimed_at, finished_at, detail FROM job_run
ORDER BY coalesce(finished_at, claimed_at) DESC, job, scope, period_key LIMIT $1

-- name: analyse_partitioned
SELECT analyse_partitioned()

-- name: heartbeat
INSERT INTO worker_heartbeat (worker, beat_at) VALUES ($1, $2)
ON CONFLICT (worker) DO UPDATE SET beat_at = excluded.beat_at

-- name: every_provider
SELECT id, reference FROM every_provider()

-- name: unsettled
-- Whether plans, terms, standards, pay or bank holidays were recorded after an instant: they may be one half of what
-- somebody is loading.
SELECT EXISTS (SELECT FROM visit_version WHERE provider_id = $1 AND recorded_at > $2)
    OR EXISTS (SELECT FROM pay_line WHERE provider_id = $1 AND recorded_at > $2)
    OR EXISTS (SELECT FROM payroll_line WHERE provider_id = $1 AND recorded_at > $2)
    OR EXISTS (SELECT FROM pay_mapping_version WHERE provider_id = $1 AND recorded_at > $2)
    OR EXISTS (SELECT FROM package_version WHERE provider_id = $1 AND recorded_at > $2)
    OR EXISTS (SELECT FROM contract_version WHERE provider_id = $1 AND recorded_at > $2)
    OR EXISTS (SELECT FROM pay_terms_version WHERE provider_id = $1 AND recorded_at > $2)
    OR EXISTS (SELECT FROM standard_version WHERE provider_id = $1 AND recorded_at > $2)
    OR EXISTS (SELECT FROM employment_version WHERE provider_id = $1 AND recorded_at > $2)
    OR EXISTS (SELECT FROM employment_work_version WHERE provider_id = $1 AND recorded_at > $2)
    OR EXISTS (SELECT FROM bank_holiday WHERE recorded_at > $2)

-- name: just_decided
-- Whether somebody decided after an instant what documents count: corrections, events in quarantine, disputes.
SELECT EXISTS (SELECT FROM correction_decision WHERE provider_id = $1 AND decided_at > $2)
    OR EXISTS (SELECT FROM event_release WHERE provider_id = $1 AND released_at > $2)
    OR EXISTS (SELECT FROM dispute_decision WHERE provider_id = $1 AND decided_at > $2)

-- name: first_visit
SELECT min(starts_at) FROM visit_version WHERE provider_id = $1

-- name: first_work
-- The first London date of time that was planned, recorded or entered; where there is none, the first that payroll paid for.
SELECT coalesce(
    (least((SELECT min(starts_at) FROM visit_version WHERE provider_id = $1),
           (SELECT min(paid_at) FROM event WHERE provider_id = $1 AND outcome = 'accepted'),
           (SELECT min(starts_at) FROM activity_version WHERE provider_id = $1))
        AT TIME ZONE 'Europe/London')::date,
    (SELECT min(coalesce(earned_start, paid_on)) FROM (
        SELECT provider_id, earned_start, paid_on FROM pay_line
        UNION ALL SELECT provider_id, earned_start, paid_on FROM payroll_line) p WHERE provider_id = $1))

-- name: billing_periods
-- The billing period of every contract, by the version that began last.
SELECT DISTINCT ON (c.id) c.id, c.reference, v.billing_period, first.starts_on
FROM contract c
JOIN contract_version v ON v.provider_id = c.provider_id AND v.contract_id = c.id
JOIN (SELECT contract_id, min(starts_on) AS starts_on FROM contract_version WHERE provider_id = $1 GROUP BY contract_id)
    AS first ON first.contract_id = c.id
WHERE c.provider_id = $1
ORDER BY c.id, v.starts_on DESC, v.version DESC

-- name: pay_cycles
-- Every pay cycle in use, with the first day anybody was employed under it.
SELECT pay_cycle, min(starts_on) AS starts_on FROM (
    SELECT DISTINCT ON (employment_id) employment_id, pay_cycle, starts_on FROM employment_version
    WHERE provider_id = $1 ORDER BY employment_id, version DESC) AS newest
GROUP BY pay_cycle ORDER BY pay_cycle

-- name: next_pay_loaded
-- Whether payroll was loaded for a period: a payment earned in it or made after it, to somebody under this pay cycle.
SELECT EXISTS (
    SELECT FROM (SELECT provider_id, employment_id, earned_start, earned_end, paid_on FROM pay_line
                 UNION ALL
                 SELECT provider_id, employment_id, earned_start, earned_end, paid_on FROM payroll_line) AS p
    JOIN (SELECT DISTINCT ON (employment_id) employment_id, pay_cycle FROM employment_version
          WHERE provider_id = $1 ORDER BY employment_id, version DESC) AS e USING (employment_id)
    WHERE p.provider_id = $1 AND e.pay_cycle = $2
      AND ((p.earned_start <= $4 AND p.earned_end >= $3) OR p.paid_on > $4))

-- name: late_visits
INSERT INTO alert (provider_id, kind, subject, carer_id, raised_at)
SELECT $1, 'late', plan.visit_id, e.carer_id, $2
FROM (SELECT DISTINCT ON (v.visit_id) v.visit_id, v.status, v.starts_at, v.ends_at, v.carer FROM visit_version v
      WHERE v.provider_id = $1 AND v.visit_id IN (
          SELECT visit_id FROM visit_version
          WHERE provider_id = $1 AND starts_at BETWEEN $2::timestamptz - interval '1 day' AND $2)
      ORDER BY v.visit_id, v.version DESC) AS plan
LEFT JOIN employment e ON e.provider_id = $1 AND e.id = plan.carer
WHERE plan.status = 'planned' AND plan.starts_at + make_interval(mins => $3) <= $2
  AND plan.ends_at + make_interval(mins => $4) > $2
  AND NOT EXISTS (SELECT FROM event x WHERE x.provider_id = $1 AND x.visit_id = plan.visit_id
                  AND x.outcome = 'accepted' AND x.kind IN ('check_in', 'check_out', 'refused_entry'))
ON CONFLICT DO NOTHING
RETURNING subject

-- name: missed_visits
INSERT INTO alert (provider_id, kind, subject, carer_id, raised_at)
SELECT $1, 'missed', plan.visit_id, e.carer_id, $2
FROM (SELECT DISTINCT ON (v.visit_id) v.visit_id, v.status, v.ends_at, v.carer FROM visit_version v
      WHERE v.provider_id = $1 AND v.visit_id IN (
          SELECT visit_id FROM visit_version
          WHERE provider_id = $1 AND starts_at BETWEEN $2::timestamptz - interval '3 days' AND $2)
      ORDER BY v.visit_id, v.version DESC) AS plan
LEFT JOIN employment e ON e.provider_id = $1 AND e.id = plan.carer
WHERE plan.status = 'planned' AND plan.ends_at + make_interval(mins => $3) <= $2
  AND NOT EXISTS (SELECT FROM event x WHERE x.provider_id = $1 AND x.visit_id = plan.visit_id
                  AND x.outcome = 'accepted')
ON CONFLICT DO NOTHING
RETURNING subject

-- name: overdue_visits
-- Checked in and not out well after the planned end: is somebody in trouble?
INSERT INTO alert (provider_id, kind, subject, carer_id, raised_at)
SELECT $1, 'overdue', plan.visit_id, e.carer_id, $2
FROM (SELECT DISTINCT ON (v.visit_id) v.visit_id, v.status, v.ends_at, v.carer FROM visit_version v
      WHERE v.provider_id = $1 AND v.visit_id IN (
          SELECT visit_id FROM visit_version
          WHERE provider_id = $1 AND starts_at BETWEEN $2::timestamptz - interval '1 day' AND $2)
      ORDER BY v.visit_id, v.version DESC) AS plan
LEFT JOIN employment e ON e.provider_id = $1 AND e.id = plan.carer
WHERE plan.status = 'planned' AND plan.ends_at + make_interval(mins => $3) <= $2
  AND EXISTS (SELECT FROM event x WHERE x.provider_id = $1 AND x.visit_id = plan.visit_id
              AND x.outcome = 'accepted' AND x.kind = 'check_in')
  AND NOT EXISTS (SELECT FROM event x WHERE x.provider_id = $1 AND x.visit_id = plan.visit_id
                  AND x.outcome = 'accepted' AND x.kind IN ('check_out', 'refused_entry'))
ON CONFLICT DO NOTHING
RETURNING subject

-- name: silent_phones
-- Phones that said nothing for so many hours ($3), within which their carer was to make a visit that is over. Each
-- silence is told once: its name is made of the phone and of when it was last heard of.
INSERT INTO alert (provider_id, kind, subject, carer_id, raised_at)
SELECT $1, 'silent', md5(quiet.id::text || quiet.heard_at::text)::uuid, quiet.carer_id, $2
FROM (SELECT d.id, d.carer_id, greatest(d.enrolled_at, d.heard_at, k.received_at) AS heard_at
      FROM device d LEFT JOIN LATERAL (
          SELECT received_at FROM event e
          WHERE e.provider_id = d.provider_id AND e.device_id = d.id AND e.seq IS NOT NULL
          ORDER BY e.seq DESC LIMIT 1) k ON true
      WHERE d.provider_id = $1 AND d.revoked_at IS NULL AND d.replaced_at IS NULL AND d.platform <> 'telephone') AS quiet
WHERE quiet.heard_at <= $2::timestamptz - make_interval(hours => $3)
  AND EXISTS (
    SELECT FROM employment m JOIN visit_version v ON v.provider_id = $1 AND v.carer = m.id
    WHERE m.provider_id = $1 AND m.carer_id = quiet.carer_id AND v.status = 'planned'
      AND v.starts_at BETWEEN greatest(quiet.heard_at, $2::timestamptz - interval '3 days') AND $2 AND v.ends_at <= $2
      AND NOT EXISTS (SELECT FROM visit_version w WHERE w.provider_id = $1 AND w.visit_id = v.visit_id
                      AND w.version > v.version))
ON CONFLICT DO NOTHING
RETURNING subject
