-- what: accounts and their totals by currency and bucket of days past due
-- grain: one row per currency and bucket
-- reads: intake_staged_account
SELECT staged.currency,
    (%(buckets)s::text[])[
        (SELECT count(*)::int FROM unnest(%(firsts)s::int[]) AS bucket (first_day) WHERE bucket.first_day <= staged.dpd)
    ] AS bucket, count(*), sum(staged.owed_amount)
FROM intake_staged_account AS staged
WHERE staged.run_id = %(run_id)s
GROUP BY 1, 2
ORDER BY 1, min(staged.dpd)
