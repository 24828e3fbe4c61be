-- The gate's tally, for the snapshot and for analysis: what was tried, to whom, by which channel, with what result.
-- ``counts`` is false where it was proved that nothing left. Caps are over the person; a customer's own figures
-- are those of one client. ``result``: unknown (taken for unanswered), no-answer, answered, not-dialled.
-- ``direction``: outbound, or inbound, which is a contact and no attempt of ours.
-- reads: gate_attempt
-- grain: one row an attempt
SELECT
    id AS attempt_id,
    person_id,
    customer_id,
    client_id,
    contact_point_id,
    channel,
    direction,
    purpose,
    at,
    local_date,
    counts,
    result
FROM gate_attempt
