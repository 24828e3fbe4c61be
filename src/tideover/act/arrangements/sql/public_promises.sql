-- what: every promise, for decisions, reports and pages
-- grain: one row per promise
-- reads: arrangements_promise
SELECT promise.id AS promise_id, promise.client_id, promise.customer_id, promise.case_id, promise.account_id,
    promise.user_id, promise.amount, promise.currency, promise.made_at, promise.made_date, promise.due_date,
    promise.state, promise.paid_amount, promise.judged_date
FROM arrangements_promise AS promise
