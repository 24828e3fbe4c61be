from django.contrib.postgres.fields import ArrayField
from django.db import models


class Person(models.Model):
    """A human being across clients, without personal data: the row that the gate locks and counts on."""

    key = models.CharField(max_length=64, unique=True, help_text="HMAC-SHA256 in hex; never of a name or a phone")


class Customer(models.Model):
    """A person as one client knows them; the journal's chains are per customer."""

    client_id = models.BigIntegerField(db_index=True)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=120, help_text="the client's own number, else account and role")
    language = models.CharField(max_length=10)
    country = models.CharField(max_length=2, null=True)
    region = models.CharField(max_length=20, null=True, help_text="ISO 3166-2 subdivision")
    zone = models.CharField(max_length=60, null=True, help_text="IANA; unknown: every zone of the country must permit")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["client_id", "reference"], name="customers_reference")]


class Identity(models.Model):
    """Who the customer is by name: erasable, with its salt."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="+")
    full_name = models.CharField(max_length=200)
    salt = models.BinaryField(max_length=16)


class ContactPoint(models.Model):
    """A way to reach a customer; the number itself lies in an erasable row."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20, help_text="phone")
    position = models.SmallIntegerField(help_text="order in which the client gave them")
    owner = models.CharField(max_length=20, default="customer", help_text="customer, or whose it turned out to be")
    source = models.CharField(max_length=80, help_text="where we lawfully have it from")
    value_digest = models.CharField(max_length=64, help_text="HMAC of the value: to recognise it, not to read it")
    usable_from = models.DateTimeField()
    unusable_since = models.DateTimeField(null=True)
    unusable_cause = models.CharField(max_length=40, null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "value_digest"], name="customers_contact_point_once")
        ]


class ContactPointValue(models.Model):
    """The number or address: erasable, with its salt."""

    contact_point = models.OneToOneField(ContactPoint, primary_key=True, on_delete=models.CASCADE, related_name="+")
    value = models.CharField(max_length=200)
    salt = models.BinaryField(max_length=16)


class OptOut(models.Model):
    """A customer asked not to be reached by these channels; it binds the purposes that it names."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    channels = ArrayField(models.CharField(max_length=20))
    purposes = ArrayField(models.CharField(max_length=20))
    from_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    fact_id = models.BigIntegerField()
