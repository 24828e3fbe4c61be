-- reads: given
-- writes: portfolio_placement
-- grain: one row an open placement that is kept beyond its batch's end
UPDATE portfolio_placement AS placement
SET retained_until_date = %(until_date)s::date
FROM given
WHERE placement.account_id = given.account_id AND placement.ended_date IS NULL
