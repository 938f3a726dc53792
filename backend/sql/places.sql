-- Where visits to people may be made: at home, and at the places approved besides. $1 is the provider.

-- name: of_people
-- Every place of these people in its newest version, the home first. The home goes by its person's own id.
SELECT * FROM (
    SELECT DISTINCT ON (service_user_id) service_user_id, service_user_id AS place_id, lat, lon, radius_m,
           NULL::date AS starts_on, NULL::date AS ends_on
    FROM service_user_version WHERE provider_id = $1 AND service_user_id = ANY ($2::uuid[])
    ORDER BY service_user_id, version DESC) home
UNION ALL
SELECT * FROM (
    SELECT DISTINCT ON (place_id) service_user_id, place_id, lat, lon, radius_m, starts_on, ends_on
    FROM approved_place_version WHERE provider_id = $1 AND service_user_id = ANY ($2::uuid[])
    ORDER BY place_id, version DESC) beside
ORDER BY starts_on NULLS FIRST, place_id

-- name: listed
-- Places besides the home in their newest version, with who recorded it. $2: those of one person.
SELECT n.*, s.reference AS person, u.email AS recorded_by_email
FROM (
    SELECT DISTINCT ON (place_id) * FROM approved_place_version
    WHERE provider_id = $1 AND ($2::uuid IS NULL OR service_user_id = $2) ORDER BY place_id, version DESC) n
JOIN service_user s ON s.provider_id = n.provider_id AND s.id = n.service_user_id
LEFT JOIN user_account u ON u.id = n.recorded_by
ORDER BY s.reference, n.starts_on, n.name

-- name: newest
SELECT * FROM approved_place_version WHERE provider_id = $1 AND place_id = $2 ORDER BY version DESC LIMIT 1
