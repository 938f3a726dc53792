-- Periods that were short, and what was paid for them since. $1 is the provider.

-- name: reports
-- The newest edition of each wage report made up to $2.
SELECT DISTINCT ON (scope, period_start) id, scope, period_start, period_end, edition,
    (summary->>'workers_short')::int AS workers_short, (summary->>'not_tested')::int AS not_tested
FROM document WHERE provider_id = $1 AND kind = 'wage_report' AND created_at <= $2
ORDER BY scope, period_start, created_at DESC, id

-- name: snapshot
SELECT snapshot, snapshot_digest FROM document WHERE provider_id = $1 AND id = $2

-- name: payments
-- Payslip lines recorded up to $2 that say for which days they were paid after those days: arrears and pay that was late.
SELECT * FROM (
    SELECT DISTINCT ON (employment_id, reference) employment_id::text AS employment_id, reference, section, kind, amount,
        minutes, rate, units, paid_on, earned_start, earned_end, record_submitted_on
    FROM pay_line WHERE provider_id = $1 AND recorded_at <= $2
    ORDER BY employment_id, reference, version DESC) newest
WHERE section = 'pay' AND earned_end < paid_on AND record_submitted_on IS NULL ORDER BY paid_on, reference

-- name: exported
-- The same of lines as the payroll exported them, before anybody said what they are.
SELECT * FROM (
    SELECT DISTINCT ON (employment_id, reference) employment_id::text AS employment_id, reference, version, template,
        element, description, amount, quantity, time_unit, rate, deductions_negative, paid_on, earned_start, earned_end,
        digest
    FROM payroll_line WHERE provider_id = $1 AND recorded_at <= $2
    ORDER BY employment_id, reference, version DESC) newest
WHERE earned_end < paid_on ORDER BY paid_on, reference
