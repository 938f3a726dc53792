-- Everything held about one carer, or one person: a query for each table, named after it. $1 is the provider, $2 whom it is about.

-- name: carer_carer
SELECT to_jsonb(t) AS row FROM carer t WHERE t.provider_id = $1 AND (t.id = $2)

-- name: carer_employment
SELECT to_jsonb(t) AS row FROM employment t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_employment_version
SELECT to_jsonb(t) - 'identity_hash' AS row FROM employment_version t WHERE t.provider_id = $1 AND (t.employment_id IN
    (SELECT e.id FROM employment e WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_employment_work_version
SELECT to_jsonb(t) AS row FROM employment_work_version t WHERE t.provider_id = $1 AND (t.employment_id IN (SELECT e.id
    FROM employment e WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_leave_version
SELECT to_jsonb(t) AS row FROM leave_version t WHERE t.provider_id = $1 AND (t.employment_id IN (SELECT e.id FROM
    employment e WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_working_hours_version
SELECT to_jsonb(t) AS row FROM working_hours_version t WHERE t.provider_id = $1 AND (t.employment_id IN (SELECT e.id
    FROM employment e WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_carer_skill_version
SELECT to_jsonb(t) AS row FROM carer_skill_version t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_device
SELECT to_jsonb(t) - 'pin_hash' - 'public_key' AS row FROM device t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_device_passkey
SELECT to_jsonb(t) - 'credential_id' - 'public_key' AS row FROM device_passkey t WHERE t.provider_id = $1 AND
    (t.device_id IN (SELECT d.id FROM device d WHERE d.provider_id = $1 AND d.carer_id = $2))

-- name: carer_enrol_code
SELECT to_jsonb(t) - 'code_hash' AS row FROM enrol_code t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_calendar_feed
SELECT to_jsonb(t) - 'token_hash' AS row FROM calendar_feed t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_event
SELECT to_jsonb(t) AS row FROM event t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_event_attachment
SELECT to_jsonb(t) || jsonb_build_object('content', convert_from(t.content, 'UTF8')::jsonb) AS row FROM
    event_attachment t WHERE t.provider_id = $1 AND (t.event_row IN (SELECT e.row_id FROM event e WHERE e.provider_id
    = $1 AND e.carer_id = $2))

-- name: carer_event_judgement
SELECT to_jsonb(t) AS row FROM event_judgement t WHERE t.provider_id = $1 AND (t.event_row IN (SELECT e.row_id FROM
    event e WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_event_token
SELECT to_jsonb(t) AS row FROM event_token t WHERE t.provider_id = $1 AND (t.event_row IN (SELECT e.row_id FROM event
    e WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_event_release
SELECT to_jsonb(t) AS row FROM event_release t WHERE t.provider_id = $1 AND (t.event_row IN (SELECT e.row_id FROM
    event e WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_event_speed
SELECT to_jsonb(t) AS row FROM event_speed t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_correction
SELECT to_jsonb(t) AS row FROM correction t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_correction_note
SELECT to_jsonb(t) || jsonb_build_object('content', convert_from(t.content, 'UTF8')::jsonb) AS row FROM
    correction_note t WHERE t.provider_id = $1 AND (t.correction_id IN (SELECT c.id FROM correction c WHERE
    c.provider_id = $1 AND c.carer_id = $2))

-- name: carer_correction_decision
SELECT to_jsonb(t) AS row FROM correction_decision t WHERE t.provider_id = $1 AND (t.correction_id IN (SELECT c.id
    FROM correction c WHERE c.provider_id = $1 AND c.carer_id = $2))

-- name: carer_activity_version
SELECT to_jsonb(t) AS row FROM activity_version t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_alert
SELECT to_jsonb(t) AS row FROM alert t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_waiting
SELECT to_jsonb(t) AS row FROM waiting t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_pay_line
SELECT to_jsonb(t) AS row FROM pay_line t WHERE t.provider_id = $1 AND (t.employment_id IN (SELECT e.id FROM
    employment e WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_payroll_line
SELECT to_jsonb(t) AS row FROM payroll_line t WHERE t.provider_id = $1 AND (t.employment_id IN (SELECT e.id FROM
    employment e WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_visit_version
SELECT to_jsonb(t) AS row FROM visit_version t WHERE t.provider_id = $1 AND (t.carer IN (SELECT e.id FROM employment e
    WHERE e.provider_id = $1 AND e.carer_id = $2) OR t.second_carer IN (SELECT e.id FROM employment e WHERE
    e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_visit
SELECT to_jsonb(t) AS row FROM visit t WHERE t.provider_id = $1 AND (t.id IN (SELECT v.visit_id FROM visit_version v
    WHERE v.provider_id = $1 AND (v.carer IN (SELECT e.id FROM employment e WHERE e.provider_id = $1 AND e.carer_id =
    $2) OR v.second_carer IN (SELECT e.id FROM employment e WHERE e.provider_id = $1 AND e.carer_id = $2))))

-- name: carer_visit_planning
SELECT to_jsonb(t) AS row FROM visit_planning t WHERE t.provider_id = $1 AND (t.visit_id IN (SELECT v.visit_id FROM
    visit_version v WHERE v.provider_id = $1 AND (v.carer IN (SELECT e.id FROM employment e WHERE e.provider_id = $1
    AND e.carer_id = $2) OR v.second_carer IN (SELECT e.id FROM employment e WHERE e.provider_id = $1 AND e.carer_id =
    $2))))

-- name: carer_pattern_version
SELECT to_jsonb(t) AS row FROM pattern_version t WHERE t.provider_id = $1 AND (t.carer IN (SELECT e.id FROM employment
    e WHERE e.provider_id = $1 AND e.carer_id = $2) OR t.second_carer IN (SELECT e.id FROM employment e WHERE
    e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_document_line
SELECT to_jsonb(t) AS row FROM document_line t WHERE t.provider_id = $1 AND (t.employment_id IN (SELECT e.id FROM
    employment e WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_audit_flag
SELECT to_jsonb(t) AS row FROM audit_flag t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_audit_decision
SELECT to_jsonb(t) AS row FROM audit_decision t WHERE t.provider_id = $1 AND (t.key IN (SELECT f.key FROM audit_flag f
    WHERE f.provider_id = $1 AND f.carer_id = $2))

-- name: carer_audit_run_visit
SELECT to_jsonb(t) AS row FROM audit_run_visit t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_audit_sample_item
SELECT to_jsonb(t) AS row FROM audit_sample_item t WHERE t.provider_id = $1 AND (t.carer_id = $2)

-- name: carer_audit_finding
SELECT to_jsonb(t) AS row FROM audit_finding t WHERE t.provider_id = $1 AND ((t.sample_id, t.position) IN (SELECT
    i.sample_id, i.position FROM audit_sample_item i WHERE i.provider_id = $1 AND i.carer_id = $2))

-- name: carer_legal_hold
SELECT to_jsonb(t) AS row FROM legal_hold t WHERE t.provider_id = $1 AND (t.subject_id = $2)

-- name: carer_forgetting
SELECT to_jsonb(t) AS row FROM forgetting t WHERE t.provider_id = $1 AND (t.subject_id = $2)

-- name: carer_access_log
SELECT to_jsonb(t) AS row FROM access_log t WHERE t.provider_id = $1 AND (t.subject IN (SELECT e.id FROM employment e
    WHERE e.provider_id = $1 AND e.carer_id = $2))

-- name: carer_acknowledgement
SELECT to_jsonb(t) AS row FROM acknowledgement t WHERE t.provider_id = $1 AND (t.subject IN (SELECT a.subject FROM
    alert a WHERE a.provider_id = $1 AND a.carer_id = $2))

-- name: person_service_user
SELECT to_jsonb(t) AS row FROM service_user t WHERE t.provider_id = $1 AND (t.id = $2)

-- name: person_service_user_version
SELECT to_jsonb(t) AS row FROM service_user_version t WHERE t.provider_id = $1 AND (t.service_user_id = $2)

-- name: person_absence_version
SELECT to_jsonb(t) AS row FROM absence_version t WHERE t.provider_id = $1 AND (t.service_user_id = $2)

-- name: person_needed_skill_version
SELECT to_jsonb(t) AS row FROM needed_skill_version t WHERE t.provider_id = $1 AND (t.service_user_id = $2)

-- name: person_approved_place_version
SELECT to_jsonb(t) AS row FROM approved_place_version t WHERE t.provider_id = $1 AND (t.service_user_id = $2)

-- name: person_home_tag
SELECT to_jsonb(t) - 'secret' - 'meta_key' - 'meta_key_hash' - 'uid' AS row FROM home_tag t WHERE t.provider_id = $1
    AND (t.service_user_id = $2)

-- name: person_home_tag_retirement
SELECT to_jsonb(t) AS row FROM home_tag_retirement t WHERE t.provider_id = $1 AND (t.tag_id IN (SELECT h.id FROM
    home_tag h WHERE h.provider_id = $1 AND h.service_user_id = $2))

-- name: person_package
SELECT to_jsonb(t) AS row FROM package t WHERE t.provider_id = $1 AND (t.id IN (SELECT p.package_id FROM
    package_version p WHERE p.provider_id = $1 AND p.service_user_id = $2))

-- name: person_package_version
SELECT to_jsonb(t) AS row FROM package_version t WHERE t.provider_id = $1 AND (t.service_user_id = $2)

-- name: person_pattern_version
SELECT to_jsonb(t) AS row FROM pattern_version t WHERE t.provider_id = $1 AND (t.package_id IN (SELECT p.package_id
    FROM package_version p WHERE p.provider_id = $1 AND p.service_user_id = $2))

-- name: person_visit
SELECT to_jsonb(t) AS row FROM visit t WHERE t.provider_id = $1 AND (t.id IN (SELECT visits_of_person($2)))

-- name: person_visit_version
SELECT to_jsonb(t) AS row FROM visit_version t WHERE t.provider_id = $1 AND (t.package_id IN (SELECT p.package_id FROM
    package_version p WHERE p.provider_id = $1 AND p.service_user_id = $2))

-- name: person_visit_planning
SELECT to_jsonb(t) AS row FROM visit_planning t WHERE t.provider_id = $1 AND (t.visit_id IN (SELECT
    visits_of_person($2)))

-- name: person_event
-- Without copies as they came: those hold carers' positions too.
SELECT to_jsonb(t) - 'raw' AS row FROM event t WHERE t.provider_id = $1 AND t.row_id IN (SELECT events_of_person($2))

-- name: person_event_attachment
-- Words; positions are those of carers.
SELECT to_jsonb(t) || jsonb_build_object('content', convert_from(t.content, 'UTF8')::jsonb) AS row FROM
    event_attachment t WHERE t.provider_id = $1 AND t.kind = 'payload' AND t.event_row IN (SELECT
    events_of_person($2))

-- name: person_event_judgement
SELECT to_jsonb(t) AS row FROM event_judgement t WHERE t.provider_id = $1 AND t.event_row IN (SELECT
    events_of_person($2))

-- name: person_event_token
SELECT to_jsonb(t) AS row FROM event_token t WHERE t.provider_id = $1 AND t.event_row IN (SELECT events_of_person($2))

-- name: person_event_release
SELECT to_jsonb(t) AS row FROM event_release t WHERE t.provider_id = $1 AND t.event_row IN (SELECT
    events_of_person($2))

-- name: person_correction
SELECT to_jsonb(t) AS row FROM correction t WHERE t.provider_id = $1 AND (t.visit_id IN (SELECT visits_of_person($2)))

-- name: person_correction_note
SELECT to_jsonb(t) || jsonb_build_object('content', convert_from(t.content, 'UTF8')::jsonb) AS row FROM
    correction_note t WHERE t.provider_id = $1 AND (t.correction_id IN (SELECT c.id FROM correction c WHERE
    c.provider_id = $1 AND c.visit_id IN (SELECT visits_of_person($2))))

-- name: person_correction_decision
SELECT to_jsonb(t) AS row FROM correction_decision t WHERE t.provider_id = $1 AND (t.correction_id IN (SELECT c.id
    FROM correction c WHERE c.provider_id = $1 AND c.visit_id IN (SELECT visits_of_person($2))))

-- name: person_document_line
SELECT to_jsonb(t) AS row FROM document_line t WHERE t.provider_id = $1 AND (t.service_user_id = $2)

-- name: person_document
SELECT to_jsonb(t) - 'snapshot' AS row FROM document t WHERE t.provider_id = $1 AND (t.id IN (SELECT d.id FROM
    document d WHERE d.provider_id = $1 AND d.payer = 'person ' || (SELECT s.reference FROM service_user s WHERE
    s.provider_id = $1 AND s.id = $2)))

-- name: person_payment
SELECT to_jsonb(t) AS row FROM payment t WHERE t.provider_id = $1 AND (t.document_id IN (SELECT d.id FROM document d
    WHERE d.provider_id = $1 AND d.payer = 'person ' || (SELECT s.reference FROM service_user s WHERE s.provider_id =
    $1 AND s.id = $2)))

-- name: person_parked_visit
SELECT to_jsonb(t) AS row FROM parked_visit t WHERE t.provider_id = $1 AND (t.visit_id IN (SELECT
    visits_of_person($2)))

-- name: person_dispute
SELECT to_jsonb(t) AS row FROM dispute t WHERE t.provider_id = $1 AND (t.id IN (SELECT d.id FROM dispute d WHERE
    d.provider_id = $1 AND (d.visit_id IN (SELECT visits_of_person($2)) OR (d.document_id, d.line) IN (SELECT
    l.document_id, l.line FROM document_line l WHERE l.provider_id = $1 AND l.service_user_id = $2))))

-- name: person_dispute_answer
SELECT to_jsonb(t) AS row FROM dispute_answer t WHERE t.provider_id = $1 AND (t.dispute_id IN (SELECT d.id FROM
    dispute d WHERE d.provider_id = $1 AND (d.visit_id IN (SELECT visits_of_person($2)) OR (d.document_id, d.line) IN
    (SELECT l.document_id, l.line FROM document_line l WHERE l.provider_id = $1 AND l.service_user_id = $2))))

-- name: person_dispute_decision
SELECT to_jsonb(t) AS row FROM dispute_decision t WHERE t.provider_id = $1 AND (t.dispute_id IN (SELECT d.id FROM
    dispute d WHERE d.provider_id = $1 AND (d.visit_id IN (SELECT visits_of_person($2)) OR (d.document_id, d.line) IN
    (SELECT l.document_id, l.line FROM document_line l WHERE l.provider_id = $1 AND l.service_user_id = $2))))

-- name: person_alert
SELECT to_jsonb(t) AS row FROM alert t WHERE t.provider_id = $1 AND (t.subject IN (SELECT visits_of_person($2)))

-- name: person_acknowledgement
SELECT to_jsonb(t) AS row FROM acknowledgement t WHERE t.provider_id = $1 AND (t.subject IN (SELECT
    visits_of_person($2)))

-- name: person_waiting
SELECT to_jsonb(t) AS row FROM waiting t WHERE t.provider_id = $1 AND (t.item_id IN (SELECT c.id FROM correction c
    WHERE c.provider_id = $1 AND c.visit_id IN (SELECT visits_of_person($2))) OR t.item_id IN (SELECT d.id FROM
    dispute d WHERE d.provider_id = $1 AND (d.visit_id IN (SELECT visits_of_person($2)) OR (d.document_id, d.line) IN
    (SELECT l.document_id, l.line FROM document_line l WHERE l.provider_id = $1 AND l.service_user_id = $2))))

-- name: person_audit_flag
SELECT to_jsonb(t) - 'employment' AS row FROM audit_flag t WHERE t.provider_id = $1 AND (t.visit_id IN (SELECT visits_of_person($2)))

-- name: person_audit_run_visit
SELECT to_jsonb(t) - 'employment' AS row FROM audit_run_visit t WHERE t.provider_id = $1 AND (t.visit_id IN (SELECT
    visits_of_person($2)))

-- name: person_audit_sample_item
SELECT to_jsonb(t) - 'employment' AS row FROM audit_sample_item t WHERE t.provider_id = $1 AND (t.visit_id IN (SELECT
    visits_of_person($2)))

-- name: person_legal_hold
SELECT to_jsonb(t) AS row FROM legal_hold t WHERE t.provider_id = $1 AND (t.subject_id = $2)

-- name: person_forgetting
SELECT to_jsonb(t) AS row FROM forgetting t WHERE t.provider_id = $1 AND (t.subject_id = $2)

-- name: person_access_log
SELECT to_jsonb(t) AS row FROM access_log t WHERE t.provider_id = $1 AND (t.subject = $2 OR t.subject IN (SELECT
    visits_of_person($2)) OR t.subject IN (SELECT d.id FROM document d WHERE d.provider_id = $1 AND d.payer = 'person
    ' || (SELECT s.reference FROM service_user s WHERE s.provider_id = $1 AND s.id = $2)))

-- name: person_user_account
SELECT to_jsonb(t) - 'password_hash' AS row FROM user_account t WHERE t.organisation_id = $1 AND (t.person_id = $2)
