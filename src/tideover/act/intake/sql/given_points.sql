-- what: a run's contact points
-- grain: one row per contact point as given
-- reads: intake_staged_point
SELECT staged.reference, staged.kind, staged.position, staged.value, staged.source
FROM intake_staged_point AS staged
WHERE staged.run_id = %(run_id)s
