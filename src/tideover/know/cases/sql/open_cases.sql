-- what: a case for each borrower with a workable account and no open case; a customer who comes back within the
--       ladder's time returns to the collector they had, if that collector still works for the client
-- grain: one row per case that opens
-- reads: cases_dayaccount, cases_caseaccount, customers_customer, staff_membership, staff_clientgrant, access_user
-- writes: cases_case, cases_tenure, cases_daychange
WITH wanted AS (
    SELECT today.customer_id, today.mandate, array_agg(today.account_id ORDER BY today.account_id) AS account_ids
    FROM cases_dayaccount AS today
    WHERE today.client_id = %(client_id)s AND today.is_workable
        AND NOT EXISTS (
            SELECT 1 FROM cases_caseaccount AS present
            WHERE present.account_id = today.account_id AND present.left_date IS NULL
        )
    GROUP BY today.customer_id, today.mandate
), opened AS (
    INSERT INTO cases_case (customer_id, person_id, client_id, mandate, collector_id, opened_date)
    SELECT wanted.customer_id, customer.person_id, %(client_id)s, wanted.mandate, former.collector_id, %(day)s
    FROM wanted
    JOIN customers_customer AS customer ON customer.id = wanted.customer_id
    LEFT JOIN LATERAL (
        SELECT earlier.collector_id
        FROM cases_case AS earlier
        JOIN staff_membership AS member ON member.user_id = earlier.collector_id
            AND (member.left_date IS NULL OR member.left_date > %(day)s)
        JOIN staff_clientgrant AS granted
            ON granted.team_id = member.team_id AND granted.client_id = %(client_id)s
        JOIN access_user AS person ON person.id = earlier.collector_id AND person.is_active
        WHERE earlier.customer_id = wanted.customer_id AND earlier.client_id = %(client_id)s
            AND earlier.mandate = wanted.mandate
            AND earlier.closed_date >= %(day)s - %(former_collector_days)s
        ORDER BY earlier.closed_date DESC, earlier.id DESC
        LIMIT 1
    ) AS former ON TRUE
    WHERE NOT EXISTS (
        SELECT 1 FROM cases_case AS present
        WHERE present.customer_id = wanted.customer_id AND present.client_id = %(client_id)s
            AND present.mandate = wanted.mandate AND present.closed_date IS NULL
    )
    ORDER BY wanted.customer_id, wanted.mandate
    RETURNING id, customer_id, mandate, collector_id
), tenured AS (
    INSERT INTO cases_tenure (case_id, collector_id, from_at, cause)
    SELECT id, collector_id, %(at)s, 'returning-customer' FROM opened WHERE collector_id IS NOT NULL
    RETURNING 1
)
INSERT INTO cases_daychange (client_id, kind, customer_id, case_id, body)
SELECT %(client_id)s, 'case-opened', opened.customer_id, opened.id,
    jsonb_build_object('case_id', opened.id, 'mandate', opened.mandate, 'collector_id', opened.collector_id,
        'account_ids', to_jsonb(wanted.account_ids), 'accounts_count', cardinality(wanted.account_ids))
FROM opened
JOIN wanted ON wanted.customer_id = opened.customer_id AND wanted.mandate = opened.mandate
