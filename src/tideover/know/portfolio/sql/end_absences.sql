-- reads: given
-- writes: portfolio_absence
-- grain: one row an absent account that a file names again
UPDATE portfolio_absence AS absence
SET returned_import_id = %(import_id)s
FROM given
WHERE absence.account_id = given.account_id AND absence.returned_import_id IS NULL
