-- name: own
SELECT policy FROM policy_version
WHERE provider_id = $1 AND starts_on <= $2 AND recorded_at <= $3
ORDER BY starts_on DESC, version DESC LIMIT 1

-- name: bank_holidays
SELECT day FROM bank_holiday WHERE division = $1 AND recorded_at <= $2
