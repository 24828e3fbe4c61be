-- Calls as the snapshot and analysis see them: how far each came, and who was on the line.
-- reads: contact_call
-- grain: one row a call
SELECT
    id AS call_id,
    direction,
    permit_id,
    case_id,
    account_id,
    customer_id,
    person_id,
    client_id,
    contact_point_id,
    user_id,
    work_item_id,
    line,
    state,
    asked_at,
    dialled_at,
    answered_at,
    ended_at,
    cause,
    seconds,
    right_person_at,
    third_person_at,
    outcome_id
FROM contact_call
