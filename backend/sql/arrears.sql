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
-- Payslip lines recorded up to $2 that were paid after the days they say they are for, arrears and pay that was late;
-- and every payment of arrears, whatever it says. `employment` is a reference.
SELECT newest.*, e.reference AS employment FROM (
    SELECT DISTINCT ON (employment_id, reference) provider_id, employment_id, reference, section, kind, amount, minutes,
        rate, units, paid_on, earned_start, earned_end, record_submitted_on
    FROM pay_line WHERE provider_id = $1 AND recorded_at <= $2
    ORDER BY employment_id, reference, version DESC) newest
JOIN employment e ON e.provider_id = newest.provider_id AND e.id = newest.employment_id
WHERE section = 'pay' AND (kind = $3 OR (earned_end < paid_on AND record_submitted_on IS NULL))
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
