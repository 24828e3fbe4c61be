-- what: the batch of the control file holds for every row that names none of its own
-- grain: one row per staged account
-- writes: intake_staged_account
UPDATE intake_staged_account AS staged
SET batch_number = %(batch_number)s, batch_from_date = %(batch_from_date)s, batch_until_date = %(batch_until_date)s,
    batch_target_amount = CASE WHEN staged.currency = %(batch_currency)s THEN %(batch_target_amount)s END,
    batch_commission_share = %(batch_commission_share)s, batch_retain_share_max = %(batch_retain_share_max)s
WHERE staged.run_id = %(run_id)s AND staged.batch_number IS NULL
