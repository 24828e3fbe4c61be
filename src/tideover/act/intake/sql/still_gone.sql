-- what: how many accounts that an import left out are still gone
-- grain: one row
-- reads: portfolio_absence
SELECT count(*)
FROM portfolio_absence AS absence
WHERE absence.import_id = %(import_id)s AND absence.returned_import_id IS NULL
