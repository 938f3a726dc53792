-- name: own
SELECT policy FROM policy_version
WHERE provider_id = $1 AND starts_on <= $2 AND recorded_at <= $3
ORDER BY starts_on DESC, version DESC LIMIT 1

-- name: paces
-- A provider's own paces with the first London date of each: those that hold on $2, and those that begin after it, up to $3.
SELECT DISTINCT ON (starts_on) starts_on, policy -> 'paces' AS paces FROM policy_version
WHERE provider_id = $1 AND starts_on <= $3 AND recorded_at <= $4
  AND starts_on >= COALESCE((SELECT max(starts_on) FROM policy_version
                             WHERE provider_id = $1 AND starts_on <= $2 AND recorded_at <= $4), $2)
ORDER BY starts_on, version DESC

-- name: bank_holidays
SELECT DISTINCT ON (day) day, withdrawn FROM bank_holiday WHERE division = $1 AND recorded_at <= $2
ORDER BY day, version DESC
