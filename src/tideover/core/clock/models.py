from django.db import models


class ClockOffset(models.Model):
    """The installation's one clock: how far it stands from the real one. One row, id 1; none in production."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    offset_seconds = models.DecimalField(max_digits=18, decimal_places=6)
    waits_until_at = models.DateTimeField(null=True, help_text="the clock stops here until it is moved on")
    set_at = models.DateTimeField(help_text="real time at which it was set")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="clock_one_row")]
