-- Notices, whoever wants them, and what is on its way. $1 is the organisation unless the query says otherwise.

-- name: subscribed
-- $1 is the user.
SELECT kind FROM email_subscription WHERE user_id = $1 ORDER BY kind

-- name: undelivered
-- What a user ($1) was to be told by email, and was not; the newest ten.
SELECT n.kind, n.path, n.raised_at, d.fault
FROM notice_delivery d JOIN notice n ON n.organisation_id = d.organisation_id AND n.id = d.notice_id
WHERE d.user_id = $1 AND d.dead_at IS NOT NULL ORDER BY d.dead_at DESC, d.id LIMIT 10

-- name: subscribe
-- $1 is the user.
INSERT INTO email_subscription (user_id, organisation_id, kind, created_at)
SELECT $1, $2, k, $4 FROM unnest($3::text[]) AS k ON CONFLICT DO NOTHING

-- name: unsubscribe
-- $1 is the user.
DELETE FROM email_subscription WHERE user_id = $1 AND kind = ANY ($2::text[])

-- name: webhooks
SELECT w.id, w.address, w.kinds, w.created_at, w.ended_at,
       (SELECT max(d.sent_at) FROM notice_delivery d WHERE d.organisation_id = w.organisation_id AND d.webhook_id = w.id)
           AS last_sent_at
FROM webhook w WHERE w.organisation_id = $1 AND w.ended_at IS NULL ORDER BY w.created_at, w.id

-- name: count_webhooks
SELECT count(*) FROM webhook WHERE organisation_id = $1 AND ended_at IS NULL

-- name: add_webhook
INSERT INTO webhook (organisation_id, id, address, sealed_secret, kinds, created_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)

-- name: end_webhook
UPDATE webhook SET ended_at = $3 WHERE organisation_id = $1 AND id = $2 AND ended_at IS NULL RETURNING id

-- name: drop_waiting
-- What still waits for a webhook that has ended is sent no more.
UPDATE notice_delivery SET dead_at = $3, fault = 'the webhook was ended'
WHERE organisation_id = $1 AND webhook_id = $2 AND sent_at IS NULL AND dead_at IS NULL

-- name: troubled
-- What could not be delivered to webhooks, the newest first.
SELECT d.id, w.address, n.kind, n.raised_at, d.attempts, d.next_at, d.dead_at, d.fault
FROM notice_delivery d JOIN notice n ON n.organisation_id = d.organisation_id AND n.id = d.notice_id
JOIN webhook w ON w.organisation_id = d.organisation_id AND w.id = d.webhook_id AND w.ended_at IS NULL
WHERE d.organisation_id = $1 AND d.sent_at IS NULL AND d.attempts > 0 AND d.webhook_id IS NOT NULL ORDER BY d.next_at DESC, d.id LIMIT 50

-- name: again
-- A dead delivery is tried anew, at once.
UPDATE notice_delivery SET dead_at = NULL, attempts = 1, next_at = $3
WHERE organisation_id = $1 AND id = $2 AND sent_at IS NULL AND dead_at IS NOT NULL RETURNING id

-- name: take
-- Takes what is due for a while ($2): a worker that dies lets go of it then. $1 is the present.
WITH due AS (
    SELECT organisation_id, id FROM notice_delivery
    WHERE next_at <= $1 AND sent_at IS NULL AND dead_at IS NULL
    ORDER BY next_at, id LIMIT $3 FOR UPDATE SKIP LOCKED)
UPDATE notice_delivery d SET next_at = $2, attempts = d.attempts + 1 FROM due
WHERE d.organisation_id = due.organisation_id AND d.id = due.id
RETURNING d.organisation_id, d.id, d.notice_id, d.user_id, d.webhook_id, d.attempts

-- name: content
-- What a delivery says and to whom. $2 is the delivery.
SELECT n.id, n.kind, n.path, n.raised_at, o.reference AS organisation, u.email, u.disabled_at, w.address, w.sealed_secret
FROM notice_delivery d JOIN notice n ON n.organisation_id = d.organisation_id AND n.id = d.notice_id
JOIN organisation o ON o.id = d.organisation_id
LEFT JOIN user_account u ON u.id = d.user_id
LEFT JOIN webhook w ON w.organisation_id = d.organisation_id AND w.id = d.webhook_id
WHERE d.organisation_id = $1 AND d.id = $2

-- name: sent
UPDATE notice_delivery SET sent_at = $3, fault = NULL WHERE organisation_id = $1 AND id = $2

-- name: not_sent
UPDATE notice_delivery SET next_at = $3, dead_at = $4, fault = $5 WHERE organisation_id = $1 AND id = $2
