-- what: the open cases that nobody can reach, since when; one whose number has come meanwhile is no longer among them
-- grain: one row per case
-- reads: assignment_unreachable, cases_case, customers_contactpoint, in_scope
-- in_scope is the relation of cases: those that whoever asks may see.
SELECT standing.client_id, standing.case_id, standing.account_id, kase.customer_id, kase.collector_id,
    standing.since_date
FROM assignment_unreachable AS standing
JOIN cases_case AS kase ON kase.id = standing.case_id AND kase.closed_date IS NULL
WHERE standing.client_id = ANY (%(of_clients)s)
    AND standing.until_date IS NULL
    AND standing.case_id IN (SELECT seen.id FROM in_scope AS seen)
    AND NOT EXISTS (
        SELECT 1 FROM customers_contactpoint AS point
        WHERE point.customer_id = kase.customer_id AND point.kind = 'phone' AND point.owner = 'customer'
            AND point.usable_from <= %(at)s AND (point.unusable_since IS NULL OR point.unusable_since > %(at)s)
    )
