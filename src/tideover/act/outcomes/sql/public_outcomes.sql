-- What contacts came to, for the snapshot and for analysis. A note stands elsewhere, and is not read here.
-- ``spoke_to``: customer, third-person or nobody. Dates are the customer's own.
-- reads: outcomes_outcome
-- grain: one row an outcome
SELECT
    id AS outcome_id,
    client_id,
    customer_id,
    case_id,
    account_id,
    user_id,
    at,
    local_date,
    spoke_to,
    result,
    arrears_reason,
    next_step_at
FROM outcomes_outcome
