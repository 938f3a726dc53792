-- What a provider has already on its way to a first invoice. $1 is the provider.

-- name: steps
SELECT EXISTS (SELECT FROM postcode) AS postcodes,
       EXISTS (SELECT FROM bank_holiday) AS bank_holidays,
       EXISTS (SELECT FROM pay_terms WHERE provider_id = $1) AS pay_terms,
       EXISTS (SELECT FROM carer WHERE provider_id = $1) AS carers,
       EXISTS (SELECT FROM service_user WHERE provider_id = $1) AS people,
       EXISTS (SELECT FROM contract WHERE provider_id = $1) AS contract,
       EXISTS (SELECT FROM package_version WHERE provider_id = $1) AS packages,
       EXISTS (SELECT FROM visit WHERE provider_id = $1) AS rota,
       EXISTS (SELECT FROM device WHERE provider_id = $1) AS phones,
       EXISTS (SELECT FROM event_key WHERE provider_id = $1) AS events,
       EXISTS (SELECT FROM document WHERE provider_id = $1 AND kind = 'invoice') AS invoice

-- name: managers
-- How many managers of the provider can sign in, two at most. Read as the administrator.
SELECT count(*) FROM (SELECT FROM user_account
                      WHERE organisation_id = $1 AND role = 'manager' AND disabled_at IS NULL LIMIT 2) found
