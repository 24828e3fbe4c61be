-- what: a full or delta file hands over nothing by itself: an account for which it names no batch is not placed by it
-- grain: one row per staged account
-- writes: intake_staged_account
UPDATE intake_staged_account AS staged
SET is_placed = FALSE
WHERE staged.run_id = %(run_id)s AND staged.batch_number IS NULL
