-- name: employments
-- Every employment, as the newest version recorded says; `kinds_of_work` is JSON, oldest first, null where nothing is said.
SELECT DISTINCT ON (v.employment_id) e.id::text AS employment_id, e.carer_id::text AS carer_id, e.reference,
    c.reference AS person, v.name, v.date_of_birth, v.mode, v.starts_on, v.ends_on, v.pay_cycle,
    v.apprenticeship_started, v.apprenticeship_ended, v.pay_terms, v.version, v.digest, k.kinds_of_work
FROM employment_version v
JOIN employment e ON e.provider_id = v.provider_id AND e.id = v.employment_id
JOIN carer c ON c.provider_id = e.provider_id AND c.id = e.carer_id
CROSS JOIN LATERAL (
    SELECT json_agg(json_build_object('from', w.starts_on, 'work_type', w.work_type, 'basic_hours_per_year',
        w.basic_hours_per_year::text, 'calculation_year_start', w.calculation_year_start) ORDER BY w.starts_on)::text
        AS kinds_of_work
    FROM (SELECT DISTINCT ON (starts_on) * FROM employment_work_version n
          WHERE n.provider_id = v.provider_id AND n.employment_id = v.employment_id AND n.recorded_at <= $2
          ORDER BY starts_on, version DESC) w) k
WHERE v.provider_id = $1 AND v.recorded_at <= $2 AND ($3::uuid[] IS NULL OR e.carer_id = ANY ($3))
ORDER BY v.employment_id, v.version DESC

-- name: leave
-- The newest version of each leave of the employments $2 that touches the dates $3 to $4, as recorded up to $5.
SELECT * FROM (
    SELECT DISTINCT ON (employment_id, kind, starts_on) employment_id::text AS employment_id, kind, starts_on, ends_on,
        hours, pay
    FROM leave_version WHERE provider_id = $1 AND employment_id = ANY ($2::uuid[]) AND recorded_at <= $5
    ORDER BY employment_id, kind, starts_on, version DESC) AS newest
WHERE starts_on <= $4 AND (ends_on IS NULL OR ends_on >= $3)
ORDER BY employment_id, starts_on, kind

-- name: pay_lines
-- The newest version of each payslip line that can bear on a period: paid or earned from one month before it to two
-- months after it, because regulation 9 looks into the neighbouring periods.
SELECT DISTINCT ON (employment_id, reference) employment_id::text AS employment_id, reference, version, section, kind,
    amount, minutes, rate, units, normal_rate, consolidated, absence_taken, reimbursed, days, duties, paid_on,
    earned_start, earned_end, record_submitted_on, digest
FROM pay_line
WHERE provider_id = $1 AND recorded_at <= $4
  AND (paid_on BETWEEN $2::date - 62 AND $3::date + 93 OR (earned_start <= $3 AND earned_end >= $2))
ORDER BY employment_id, reference, version DESC

-- name: terms
SELECT DISTINCT ON (t.reference, v.starts_on) t.reference, v.starts_on, v.ends_on, v.version, v.terms, v.digest
FROM pay_terms_version v JOIN pay_terms t ON t.provider_id = v.provider_id AND t.id = v.pay_terms_id
WHERE v.provider_id = $1 AND v.recorded_at <= $2
ORDER BY t.reference, v.starts_on, v.version DESC

-- name: payroll_lines
-- The same of lines as the payroll exported them, before anybody said what they are.
SELECT DISTINCT ON (employment_id, reference) employment_id::text AS employment_id, reference, version, template, element,
    description, amount, quantity, time_unit, rate, deductions_negative, paid_on, earned_start, earned_end, digest
FROM payroll_line
WHERE provider_id = $1 AND recorded_at <= $4
  AND (paid_on BETWEEN $2::date - 62 AND $3::date + 93 OR (earned_start <= $3 AND earned_end >= $2))
ORDER BY employment_id, reference, version DESC

-- name: pay_mapping
-- The newest version of the mapping of each pay element and first day, as recorded up to an instant.
SELECT DISTINCT ON (element, starts_on) element, starts_on, version, ends_on, label, section, kind, duties, consolidated,
    absence_taken, takes_back_overpayment, note, digest, recorded_at
FROM pay_mapping_version WHERE provider_id = $1 AND recorded_at <= $2
ORDER BY element, starts_on, version DESC

-- name: standards
-- The newest version of each standard and first day, with the name of who requires it.
SELECT DISTINCT ON (s.reference, s.starts_on) s.reference, s.starts_on, s.ends_on, s.version, s.name,
    s.standard::text AS standard, o.reference AS required_by, s.digest
FROM standard_version s
LEFT JOIN LATERAL organisation_names(ARRAY[s.commissioner_id]) AS o ON s.commissioner_id IS NOT NULL
WHERE s.provider_id = $1 AND s.recorded_at <= $2
ORDER BY s.reference, s.starts_on, s.version DESC

-- name: visits_before
-- How many visits each carer checked in to between two instants, of those with at least $5.
SELECT carer_id, count(*) AS visits FROM event
WHERE provider_id = $1 AND kind = 'check_in' AND outcome = 'accepted' AND paid_at >= $2 AND paid_at < $3
  AND received_at <= $4
GROUP BY carer_id HAVING count(*) >= $5 ORDER BY carer_id

-- name: every_payroll_line
-- The newest version of every line that the payroll exported.
SELECT DISTINCT ON (employment_id, reference) employment_id::text AS employment_id, reference, element, amount, quantity,
    time_unit, rate, deductions_negative, paid_on, earned_start, earned_end
FROM payroll_line WHERE provider_id = $1 ORDER BY employment_id, reference, version DESC
