-- How much rests on people's word. $1 is the provider, $2 and $3 the instants between which it was said.

-- name: decided
SELECT u.email AS manager, d.decision, count(*) AS number
FROM correction_decision d JOIN user_account u ON u.id = d.decided_by
WHERE d.provider_id = $1 AND d.decided_at >= $2 AND d.decided_at < $3 AND d.decision IN ('accepted', 'declined')
GROUP BY u.email, d.decision

-- name: proposed
SELECT u.email AS manager, count(*) AS number
FROM correction c JOIN user_account u ON u.id = c.user_id
WHERE c.provider_id = $1 AND c.received_at >= $2 AND c.received_at < $3 AND c.proposed_by = 'manager'
GROUP BY u.email

-- name: entered
SELECT u.email AS manager, v.withdrawn, count(*) AS number
FROM activity_version v JOIN user_account u ON u.id = v.entered_by
WHERE v.provider_id = $1 AND v.recorded_at >= $2 AND v.recorded_at < $3
GROUP BY u.email, v.withdrawn

-- name: reasons
SELECT c.reason_code, c.own_reason, count(*) AS number
FROM correction_decision d JOIN correction c ON c.provider_id = d.provider_id AND c.id = d.correction_id
WHERE d.provider_id = $1 AND d.decided_at >= $2 AND d.decided_at < $3 AND d.decision = 'accepted'
GROUP BY c.reason_code, c.own_reason ORDER BY number DESC, c.reason_code, c.own_reason
