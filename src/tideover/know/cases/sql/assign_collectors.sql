-- what: open cases get the collector that is given; one that has another collector changes hands
-- grain: one row per case that gets a collector it did not have
-- reads: given, cases_case
-- writes: cases_case, cases_tenure, cases_daychange
-- given is the caller's relation: case_id, collector_id, cause.
WITH offer AS MATERIALIZED (
    SELECT offered.case_id, offered.collector_id, offered.cause FROM given AS offered
), before AS MATERIALIZED (
    SELECT cases_case.id, cases_case.client_id, cases_case.customer_id, cases_case.collector_id AS former_id,
        offer.collector_id, offer.cause
    FROM cases_case
    JOIN offer ON offer.case_id = cases_case.id
    WHERE cases_case.closed_date IS NULL AND cases_case.collector_id IS DISTINCT FROM offer.collector_id
    ORDER BY cases_case.id
    FOR UPDATE OF cases_case
), owned AS (
    UPDATE cases_case SET collector_id = before.collector_id
    FROM before WHERE cases_case.id = before.id
    RETURNING 1
), ended AS (
    UPDATE cases_tenure SET until_at = %(at)s
    FROM before WHERE cases_tenure.case_id = before.id AND cases_tenure.until_at IS NULL
    RETURNING cases_tenure.case_id
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, body)
SELECT before.client_id, CASE WHEN before.former_id IS NULL THEN 'collector-assigned' ELSE 'collector-changed' END,
    before.customer_id, before.id,
    jsonb_build_object('case_id', before.id, 'collector_id', before.collector_id, 'former_id', before.former_id,
        'cause', before.cause)
FROM before
LEFT JOIN (SELECT DISTINCT case_id FROM ended) AS ended ON ended.case_id = before.id
ORDER BY before.id
