-- Periods that were short, and what was paid for them since. $1 is the provider.

-- name: reports
-- The newest edition of each wage report made up to $2.
SELECT DISTINCT ON (scope, period_start) id, scope, period_start, period_end, edition,
    (summary->>'workers_short')::int AS workers_short, (summary->>'not_tested')::int AS not_tested
FROM document WHERE provider_id = $1 AND kind = 'wage_report' AND created_at <= $2
ORDER BY scope, period_start, created_at DESC, id

-- name: later_reports
-- How many periods have a report made after $2, or end on or after $3 and have one.
SELECT count(DISTINCT (scope, period_start)) FROM document
WHERE provider_id = $1 AND kind = 'wage_report' AND (created_at > $2 OR period_end >= $3)

-- name: snapshot
SELECT snapshot, snapshot_digest FROM document WHERE provider_id = $1 AND id = $2

-- name: payments
-- Every payment of arrears recorded up to $2, whatever days it says it is for; and of the employments $3, payslip lines that
-- were paid after the days they say they are for. `employment` is a reference.
WITH concerned AS (
    SELECT id FROM employment WHERE provider_id = $1 AND reference = ANY ($3::text[])
    UNION
    SELECT employment_id FROM pay_line WHERE provider_id = $1 AND kind = 'award')
SELECT newest.*, e.reference AS employment
FROM concerned CROSS JOIN LATERAL (
    SELECT DISTINCT ON (p.reference) p.provider_id, p.employment_id, p.reference, p.section, p.kind, p.amount, p.minutes,
        p.rate, p.units, p.paid_on, p.earned_start, p.earned_end, p.record_submitted_on
    FROM pay_line p WHERE p.provider_id = $1 AND p.employment_id = concerned.id AND p.recorded_at <= $2
    ORDER BY p.reference, p.version DESC) newest
JOIN employment e ON e.provider_id = newest.provider_id AND e.id = newest.employment_id
WHERE section = 'pay' AND (kind = 'award' OR (earned_end < paid_on AND record_submitted_on IS NULL))
ORDER BY paid_on, newest.reference

-- name: exported
-- The same of lines as the payroll exported them, before anybody said what they are: those paid after their days, and
-- those of the elements $3, in small letters and single-spaced.
SELECT newest.*, e.reference AS employment FROM (
    SELECT DISTINCT ON (employment_id, reference) provider_id, employment_id, reference, version, template, element,
        description, amount, quantity, time_unit, rate, deductions_negative, paid_on, earned_start, earned_end, digest
    FROM payroll_line WHERE provider_id = $1 AND recorded_at <= $2
    ORDER BY employment_id, reference, version DESC) newest
JOIN employment e ON e.provider_id = newest.provider_id AND e.id = newest.employment_id
WHERE earned_end < paid_on OR lower(regexp_replace(btrim(element), '\s+', ' ', 'g')) = ANY($3)
ORDER BY paid_on, newest.reference
