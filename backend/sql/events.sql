-- Events of phones. $1 is the provider.

-- name: around
-- What is held around the places ($2 and $3: the phone and the place) and the ids ($4 and $5) of phones' events; and for each of
-- some carers ($6) the positions that count and are still held, taken from $7 to $8, with the last at most $9 before and the first
-- at most $9 after. Both as arrays of rows, which begin with the phone or the carer; null for none.
-- What is held of a position is looked up by its event (`OFFSET 0`, and `IS TRUE`, which the index by kind cannot serve), whatever
-- PostgreSQL knows of the tables: of those that it has not looked through yet it would begin with all positions of the provider.
SELECT
    (SELECT array_agg((l.device_id, l.id, l.seq, l.signed_hash, l.prev, l.verdict, l.holds, l.event_row, l.received_at, l.outcome,
                       l.code))
     FROM (SELECT e.* FROM unnest($2::uuid[], $3::bigint[]) AS place (device_id, seq)
           JOIN event_link e ON e.provider_id = $1 AND e.device_id = place.device_id AND e.seq = place.seq
           UNION
           SELECT e.* FROM unnest($4::uuid[], $5::uuid[]) AS named (device_id, id)
           JOIN event_link e ON e.provider_id = $1 AND e.device_id = named.device_id AND e.id = named.id) l) AS links,
    (SELECT array_agg((asked.carer_id, meant.event_row, meant.taken_at, meant.content))
     FROM unnest($6::uuid[], $7::timestamptz[], $8::timestamptz[]) AS asked (carer_id, first, last),
     LATERAL (
        WITH held AS NOT MATERIALIZED (
            SELECT p.event_row, p.taken_at, kept.content
            FROM event_position p,
                 LATERAL (SELECT content FROM event_attachment
                          WHERE provider_id = $1 AND event_row = p.event_row AND (kind = 'fix') IS TRUE OFFSET 0) AS kept
            WHERE p.provider_id = $1 AND p.carer_id = asked.carer_id)
        (SELECT * FROM held WHERE taken_at < asked.first AND taken_at >= asked.first - $9::interval
         ORDER BY taken_at DESC, event_row DESC LIMIT 1)
        UNION ALL
        SELECT * FROM held WHERE taken_at >= asked.first AND taken_at <= asked.last
        UNION ALL
        (SELECT * FROM held WHERE taken_at > asked.last AND taken_at <= asked.last + $9::interval
         ORDER BY taken_at, event_row LIMIT 1)) AS meant) AS positions

-- name: unlinked
-- Events that hold no place, by their row: the same bytes sent again.
SELECT row_id, received_at, outcome, code FROM event WHERE provider_id = $1 AND row_id = ANY ($2::uuid[])

-- name: called
-- Calls of phones ($2) numbered from 1, each phone held until the transaction ends as are its carer's positions, in one order for
-- everybody; with what their events are judged by: the provider's own policy on the day ($3) at the instant ($4) of the call, as
-- policy.own; of each visit asked about ($5 and $6: the call and the visit) whether any version named one of the carer's
-- employments, whose it is, its London date; the places of those people and of others ($7 and $8: the call and the person), as
-- places.of_people; the carer's homes; and the newest checkpoint. Arrays of rows are null for none.
WITH call AS MATERIALIZED (
    SELECT c.*, d.carer_id
    FROM unnest($2::uuid[], $3::date[], $4::timestamptz[]) WITH ORDINALITY AS c (device_id, day, at, number)
    JOIN device d ON d.provider_id = $1 AND d.id = c.device_id),
asked AS MATERIALIZED (
    SELECT a.number, v.visit_id, bool_or(e.id IS NOT NULL) AS named, max(p.service_user_id::text)::uuid AS service_user_id,
           max(p.day) AS day
    FROM unnest($5::bigint[], $6::uuid[]) AS a (number, visit_id)
    JOIN visit_version v ON v.provider_id = $1 AND v.visit_id = a.visit_id
    LEFT JOIN employment e ON e.provider_id = v.provider_id AND e.id IN (v.carer, v.second_carer)
         AND e.carer_id = (SELECT carer_id FROM call WHERE call.number = a.number)
    LEFT JOIN LATERAL (
        SELECT k.service_user_id, d.day
        FROM package_version k, LATERAL (SELECT (v.starts_at AT TIME ZONE 'Europe/London')::date AS day) d
        WHERE k.provider_id = v.provider_id AND k.package_id = v.package_id AND k.starts_on <= d.day
        ORDER BY k.starts_on DESC, k.version DESC LIMIT 1
    ) p ON v.version = (SELECT max(w.version) FROM visit_version w
                        WHERE w.provider_id = v.provider_id AND w.visit_id = v.visit_id)
    GROUP BY a.number, v.visit_id),
person AS MATERIALIZED (
    SELECT number, service_user_id FROM asked UNION SELECT * FROM unnest($7::bigint[], $8::uuid[]))
SELECT call.number, d.provider_id, d.id, d.carer_id, d.public_key, d.key_thumbprint, d.pin_hash, d.pin_failures, d.locked_at,
       d.enrolled_at, d.revoked_at, d.replaced_at, d.replaced_by, d.platform, d.heard_at,
       pg_advisory_xact_lock(hashtextextended('positions/' || d.provider_id || '/' || d.carer_id, 0)),
       (SELECT policy FROM policy_version WHERE provider_id = $1 AND starts_on <= call.day AND recorded_at <= call.at
        ORDER BY starts_on DESC, version DESC LIMIT 1) AS policy,
       (SELECT array_agg((visit_id, named, service_user_id, day)) FROM asked WHERE number = call.number) AS visits,
       (SELECT array_agg((service_user_id, place_id, lat, lon, radius_m, starts_on, ends_on)
                         ORDER BY starts_on NULLS FIRST, place_id)
        FROM (SELECT * FROM (
                  SELECT DISTINCT ON (service_user_id) service_user_id, service_user_id AS place_id, lat, lon, radius_m,
                         NULL::date AS starts_on, NULL::date AS ends_on
                  FROM service_user_version WHERE provider_id = $1
                  AND service_user_id = ANY (ARRAY(SELECT service_user_id FROM person WHERE number = call.number))
                  ORDER BY service_user_id, version DESC) home
              UNION ALL
              SELECT * FROM (
                  SELECT DISTINCT ON (place_id) service_user_id, place_id, lat, lon, radius_m, starts_on, ends_on
                  FROM approved_place_version WHERE provider_id = $1
                  AND service_user_id = ANY (ARRAY(SELECT service_user_id FROM person WHERE number = call.number))
                  ORDER BY place_id, version DESC) beside) place) AS places,
       (SELECT array_agg((lat, lon))
        FROM (SELECT DISTINCT ON (v.employment_id) v.home_lat AS lat, v.home_lon AS lon
              FROM employment e JOIN employment_version v ON v.provider_id = e.provider_id AND v.employment_id = e.id
              WHERE e.provider_id = $1 AND e.carer_id = d.carer_id
              ORDER BY v.employment_id, v.version DESC) home WHERE lat IS NOT NULL) AS homes,
       (SELECT (body, kid, signature) FROM checkpoint WHERE provider_id = $1 ORDER BY number DESC LIMIT 1) AS checkpoint
FROM call JOIN device d ON d.provider_id = $1 AND d.id = call.device_id
ORDER BY d.carer_id, d.id, call.number
FOR UPDATE OF d

-- name: keep
-- New events of calls with all that belongs to them, and each call's receipt: one statement. $1 is the provider; $2 to $8 are
-- columns with a value for each call: its batch, the phone, its carer, when it came, the receipt, its key and signature; $9 and
-- $10 the versions of the rules for positions and tokens; $11 the events; $12 to $14 columns with a value for each position that
-- counts, $15 to $20 for each speed that positions imply, the first the batch.
-- The places nobody else may hold go to event_key: the lock on the phone makes a clash impossible, its keys prove it.
WITH call AS (
    SELECT * FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::timestamptz[], $6::bytea[], $7::text[], $8::bytea[])
             AS c (batch_id, device_id, carer_id, received_at, batch, kid, signature)),
given AS (
    SELECT e.*, call.device_id, call.carer_id, call.received_at
    FROM unnest($11::new_event[]) AS e JOIN call USING (batch_id)),
kept AS (
    INSERT INTO event (provider_id, received_at, row_id, batch_id, batch_index, device_id, carer_id, outcome, code,
                       detail, chain_waiting, event_id, seq, prev, kind, visit_id, check_in_id, about_event_id,
                       service_user_id, activity, task_id, occurred_at, paid_at, clock_id, monotonic_ms, method,
                       offset_low_ms, offset_high_ms, flags, signed, signed_hash, signature, raw)
    SELECT $1, received_at, row_id, batch_id, batch_index, device_id, carer_id, outcome, code, detail, chain_waiting,
           event_id, seq, prev, kind, visit_id, check_in_id, about_event_id, service_user_id, activity, task_id,
           occurred_at, paid_at, clock_id, monotonic_ms, method, offset_low_ms, offset_high_ms, flags, signed,
           signed_hash, signature, raw
    FROM given),
link AS (
    INSERT INTO event_link (provider_id, device_id, seq, signed_hash, prev, event_row, id, verdict, holds, received_at,
                            outcome, code)
    SELECT $1, device_id, seq, signed_hash, prev, row_id, event_id, verdict, holds, received_at, outcome, code
    FROM given WHERE verdict IS NOT NULL),
key AS (
    INSERT INTO event_key (provider_id, device_id, id, seq, signed_hash, event_row, received_at, outcome, code)
    SELECT $1, device_id, event_id, seq, signed_hash, row_id, received_at, outcome, code FROM given WHERE holds),
judgement AS (
    INSERT INTO event_judgement (provider_id, event_row, number, rule_version, judged_at, fence, place_id, distance_m,
                                 accuracy_m, fix_age_s, at_home, position_kept, evidence_level, reasons)
    SELECT $1, row_id, 1, $9, received_at, fence, place_id, distance_m, accuracy_m, fix_age_s, at_home, position_kept,
           evidence_level, reasons
    FROM given WHERE fence IS NOT NULL),
token AS (
    INSERT INTO event_token (provider_id, event_row, rule_version, verdict, kind, tag_id, counter, occurred_at,
                             accepted, judged_at)
    SELECT $1, row_id, $10, token_verdict, token_kind, tag_id, counter, occurred_at, outcome = 'accepted', received_at
    FROM given WHERE token_verdict IS NOT NULL),
attachment AS (
    INSERT INTO event_attachment (provider_id, event_row, kind, content, received_at)
    SELECT $1, row_id, part.kind, part.content, received_at
    FROM given, LATERAL (VALUES ('payload', payload), ('fix', fix)) AS part (kind, content)
    WHERE part.content IS NOT NULL),
alarm AS (
    INSERT INTO alert (provider_id, kind, subject, carer_id, raised_at)
    SELECT $1, 'help', row_id, carer_id, received_at FROM given WHERE help ON CONFLICT DO NOTHING),
position AS (
    INSERT INTO event_position (provider_id, carer_id, taken_at, event_row)
    SELECT $1, call.carer_id, p.taken_at, p.event_row
    FROM unnest($12::uuid[], $13::uuid[], $14::timestamptz[]) AS p (batch_id, event_row, taken_at) JOIN call USING (batch_id)),
speed AS (
    INSERT INTO event_speed (provider_id, carer_id, from_row, to_row, from_at, to_at, kmh, recorded_at)
    SELECT $1, call.carer_id, s.from_row, s.to_row, s.from_at, s.to_at, s.kmh, call.received_at
    FROM unnest($15::uuid[], $16::uuid[], $17::uuid[], $18::timestamptz[], $19::timestamptz[], $20::float8[])
         AS s (batch_id, from_row, to_row, from_at, to_at, kmh) JOIN call USING (batch_id)
    ON CONFLICT DO NOTHING)
INSERT INTO event_batch (provider_id, id, device_id, received_at, batch, kid, signature)
SELECT $1, batch_id, device_id, received_at, batch, kid, signature FROM call

-- name: insert_judgement
INSERT INTO event_judgement (provider_id, event_row, number, because_place, rule_version, judged_at, fence, place_id,
                             distance_m, accuracy_m, fix_age_s, at_home, position_kept, evidence_level, reasons)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)

-- name: insert_unclaimed
-- $1 is the id, made from the bytes: the same bytes are kept once.
INSERT INTO unclaimed_event (id, kind, received_at, sha256, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
