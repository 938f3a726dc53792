-- What the loaders ask for. Every query runs in the transaction of the provider it names.

-- name: lock
SELECT pg_advisory_xact_lock(hashtextextended('load ' || $1, 0));

-- name: under_way
-- Whether a load that holds one of the names $1 is under way; if none is, none begins before this transaction ends.
SELECT bool_or(NOT pg_try_advisory_xact_lock_shared(hashtextextended('load ' || name, 0))) FROM unnest($1::text[]) AS name;

-- name: organisation_kinds
SELECT id, kind FROM organisation WHERE id = ANY ($1::uuid[]);

-- name: postcodes
SELECT postcode, lat, lon, rural_urban, ended FROM postcode WHERE postcode = ANY ($1::text[]);

-- name: employment_owners
SELECT e.reference, c.reference AS carer
FROM employment e JOIN carer c ON c.provider_id = e.provider_id AND c.id = e.carer_id
WHERE e.provider_id = $1 AND e.reference = ANY ($2::text[]);

-- name: employments
SELECT DISTINCT ON (e.id) e.reference, v.starts_on, v.ends_on
FROM employment e JOIN employment_version v ON v.provider_id = e.provider_id AND v.employment_id = e.id
WHERE e.provider_id = $1 AND e.reference = ANY ($2::text[])
ORDER BY e.id, v.version DESC;

-- name: pay_lines_paid_on
-- The newest versions of payslip lines paid on the dates $2; `employment_id` is the employment's reference.
SELECT e.reference AS employment_id, n.reference, n.section, n.kind, n.amount, n.minutes, n.rate, n.units, n.paid_on,
    n.earned_start, n.earned_end
FROM (SELECT DISTINCT employment_id, reference FROM pay_line WHERE provider_id = $1 AND paid_on = ANY ($2::date[])) AS k
JOIN LATERAL (SELECT * FROM pay_line v WHERE v.provider_id = $1 AND v.employment_id = k.employment_id
              AND v.reference = k.reference ORDER BY v.version DESC LIMIT 1) AS n ON n.paid_on = ANY ($2::date[])
JOIN employment e ON e.provider_id = $1 AND e.id = k.employment_id
ORDER BY e.reference, n.reference;

-- name: payroll_lines_paid_on
-- The same of lines as the payroll exported them.
SELECT e.reference AS employment_id, n.reference, n.template, n.element, n.description, n.amount, n.quantity, n.time_unit,
    n.rate, n.deductions_negative, n.paid_on, n.earned_start, n.earned_end
FROM (SELECT DISTINCT employment_id, reference FROM payroll_line WHERE provider_id = $1 AND paid_on = ANY ($2::date[])) AS k
JOIN LATERAL (SELECT * FROM payroll_line v WHERE v.provider_id = $1 AND v.employment_id = k.employment_id
              AND v.reference = k.reference ORDER BY v.version DESC LIMIT 1) AS n ON n.paid_on = ANY ($2::date[])
JOIN employment e ON e.provider_id = $1 AND e.id = k.employment_id
ORDER BY e.reference, n.reference;

-- name: element_payment_dates
-- When lines of the elements $2 were paid; elements in small letters and single-spaced.
SELECT DISTINCT paid_on FROM payroll_line
WHERE provider_id = $1 AND lower(regexp_replace(btrim(element), '\s+', ' ', 'g')) = ANY ($2::text[]);

-- name: pay_terms_known
SELECT reference FROM pay_terms WHERE provider_id = $1 AND reference = ANY ($2::text[]);

-- name: service_users
SELECT DISTINCT ON (s.id) s.reference, v.postcode
FROM service_user s JOIN service_user_version v ON v.provider_id = s.provider_id AND v.service_user_id = s.id
WHERE s.provider_id = $1 AND s.reference = ANY ($2::text[])
ORDER BY s.id, v.version DESC;

-- name: contracts
SELECT reference, commissioner_id FROM contract WHERE provider_id = $1 AND reference = ANY ($2::text[]);

-- name: contract_periods
SELECT DISTINCT ON (c.reference, v.starts_on) c.reference, v.starts_on, v.ends_on
FROM contract c JOIN contract_version v ON v.provider_id = c.provider_id AND v.contract_id = c.id
WHERE c.provider_id = $1 AND c.reference = ANY ($2::text[])
ORDER BY c.reference, v.starts_on, v.version DESC;

-- name: contract_terms
-- The newest terms of each run of these contracts.
SELECT DISTINCT ON (c.reference, v.starts_on) c.reference, v.starts_on, v.ends_on, v.terms
FROM contract c JOIN contract_version v ON v.provider_id = c.provider_id AND v.contract_id = c.id
WHERE c.provider_id = $1 AND c.reference = ANY ($2::text[])
ORDER BY c.reference, v.starts_on, v.version DESC;

-- name: pay_terms_periods
SELECT DISTINCT ON (p.reference, v.starts_on) p.reference, v.starts_on, v.ends_on
FROM pay_terms p JOIN pay_terms_version v ON v.provider_id = p.provider_id AND v.pay_terms_id = p.id
WHERE p.provider_id = $1 AND p.reference = ANY ($2::text[])
ORDER BY p.reference, v.starts_on, v.version DESC;

-- name: package_periods
SELECT DISTINCT ON (p.reference, v.starts_on) p.reference, v.starts_on, v.ends_on, v.commissioner_id
FROM package p JOIN package_version v ON v.provider_id = p.provider_id AND v.package_id = p.id
WHERE p.provider_id = $1 AND p.reference = ANY ($2::text[])
ORDER BY p.reference, v.starts_on, v.version DESC;

-- name: people_of_commissioner
SELECT DISTINCT provider_id, service_user_id FROM package_version WHERE commissioner_id = $1;

-- name: rota_between
SELECT n.*, v.reference FROM (
    SELECT DISTINCT ON (w.visit_id) w.*
    FROM visit_version w
    WHERE w.provider_id = $1 AND w.visit_id IN (
        SELECT visit_id FROM visit_version WHERE provider_id = $1 AND starts_at >= $2 AND starts_at < $3)
    ORDER BY w.visit_id, w.version DESC) n
JOIN visit v ON v.provider_id = n.provider_id AND v.id = n.visit_id
WHERE n.starts_at >= $2 AND n.starts_at < $3 AND n.status <> 'cancelled';

-- name: bank_holidays
SELECT DISTINCT ON (division, day) division, day, version, title, withdrawn FROM bank_holiday
ORDER BY division, day, version DESC;

-- name: put_bank_holiday
INSERT INTO bank_holiday (division, day, version, title, withdrawn, recorded_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: put_postcodes
-- What stands already is left out first, since a conflict would lock its row. An inserted row has no xmax.
WITH put AS (
    INSERT INTO postcode AS p (postcode, lat, lon, rural_urban, local_authority, ended)
    SELECT s.*
    FROM unnest($1::text[], $2::double precision[], $3::double precision[], $4::text[], $5::text[], $6::boolean[])
        AS s (postcode, lat, lon, rural_urban, local_authority, ended)
    LEFT JOIN postcode h ON h.postcode = s.postcode
    WHERE h.postcode IS NULL OR (h.lat, h.lon, h.rural_urban, h.local_authority, h.ended)
        IS DISTINCT FROM (s.lat, s.lon, s.rural_urban, s.local_authority, s.ended)
    ON CONFLICT (postcode) DO UPDATE
    SET lat = excluded.lat, lon = excluded.lon, rural_urban = excluded.rural_urban,
        local_authority = excluded.local_authority, ended = excluded.ended
    RETURNING p.xmax = 0 AS inserted)
SELECT count(*) FILTER (WHERE inserted) AS new, count(*) FILTER (WHERE NOT inserted) AS changed FROM put;

-- name: pay_mapping_periods
SELECT DISTINCT ON (element, starts_on) element AS reference, starts_on, ends_on
FROM pay_mapping_version WHERE provider_id = $1 AND element = ANY ($2::text[])
ORDER BY element, starts_on, version DESC;

-- name: templates
-- The newest version of each template of a kind that a provider keeps.
SELECT DISTINCT ON (reference) reference, version, template, recorded_at
FROM template_version WHERE provider_id = $1 AND kind = $2 ORDER BY reference, version DESC;

-- name: standards
SELECT DISTINCT ON (reference, starts_on) reference, starts_on, ends_on, commissioner_id
FROM standard_version WHERE provider_id = $1 AND reference = ANY ($2::text[])
ORDER BY reference, starts_on, version DESC;

-- name: contracted
SELECT EXISTS (SELECT FROM contract WHERE provider_id = $1 AND commissioner_id = $2);

-- name: correction_reasons
SELECT DISTINCT ON (reference, starts_on) reference, starts_on, ends_on
FROM correction_reason_version WHERE provider_id = $1 AND reference = ANY ($2::text[])
ORDER BY reference, starts_on, version DESC;
