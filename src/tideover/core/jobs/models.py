from django.db import models


class StepRun(models.Model):
    """One step of a named sequence for one key (a client's day): begun, done, with what came of it.

    A step that is not done is run again from its start, so every step is idempotent for its key.
    """

    sequence = models.CharField(max_length=40)
    key = models.CharField(max_length=80)
    step = models.CharField(max_length=60)
    position = models.SmallIntegerField()
    started_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)
    seconds = models.DecimalField(max_digits=12, decimal_places=3, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["sequence", "key", "step"], name="jobs_step_once")]
