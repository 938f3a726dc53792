-- Commissioned beside delivered care. $1 is the provider.

-- name: packages
-- The newest version of each run of a package that touches London dates $2 to $3, as recorded up to $4; of the
-- commissioner $5 alone, if given.
SELECT * FROM (
    SELECT DISTINCT ON (v.package_id, v.starts_on)
        p.reference AS package, v.service_user_id::text AS person, v.starts_on, v.ends_on, v.carers, v.visits_per_week,
        (v.hours_per_week * 3600)::bigint AS seconds_per_week, v.commissioner_id
    FROM package_version v JOIN package p ON p.provider_id = v.provider_id AND p.id = v.package_id
    WHERE v.provider_id = $1 AND v.recorded_at <= $4
    ORDER BY v.package_id, v.starts_on, v.version DESC) held
WHERE starts_on <= $3 AND (ends_on IS NULL OR ends_on >= $2) AND ($5::uuid IS NULL OR commissioner_id = $5)

-- name: people
SELECT DISTINCT ON (s.id) s.id::text AS person, s.reference, v.name
FROM service_user s JOIN service_user_version v ON v.provider_id = s.provider_id AND v.service_user_id = s.id
WHERE s.provider_id = $1 AND s.id = ANY ($2) AND v.recorded_at <= $3
ORDER BY s.id, v.version DESC

-- name: blocks
-- What documents said last of each block of hours of billing periods that touch London dates $2 to $3; of the commissioner
-- $4 alone, if given.
SELECT * FROM (
    SELECT DISTINCT ON (u.block_id) d.scope AS contract, u.block, u.starts_on, u.ends_on, u.seconds, u.used_seconds
    FROM block_use u JOIN document d ON d.provider_id = u.provider_id AND d.id = u.document_id
    WHERE u.provider_id = $1 AND u.starts_on <= $3 AND u.ends_on >= $2
      AND ($4::uuid IS NULL OR d.commissioner_id = $4)
    ORDER BY u.block_id, d.period_start DESC) AS newest
ORDER BY contract, starts_on, block
