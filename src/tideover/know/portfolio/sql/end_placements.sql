-- reads: given
-- writes: portfolio_placement
-- grain: one row a placement that ends; one that has ended stays as it is
UPDATE portfolio_placement AS placement
SET ended_date = %(day)s::date, ended_cause = given.cause, ended_import_id = %(import_id)s
FROM given
WHERE placement.account_id = given.account_id AND placement.ended_date IS NULL
