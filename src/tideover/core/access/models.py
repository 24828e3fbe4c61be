from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models


class User(AbstractBaseUser):
    """Someone who signs in. What they may do follows from their roles and, above, from their teams."""

    username = models.CharField(max_length=60, unique=True)
    display_name = models.CharField(max_length=120)
    language = models.CharField(max_length=10, default="zh-Hans")
    roles = ArrayField(models.CharField(max_length=40), default=list)
    is_active = models.BooleanField(default=True)

    objects = BaseUserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["display_name"]


class SignInFailure(models.Model):
    """A failed sign-in: five within five minutes close that user name for as long."""

    username_digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["username_digest", "at"], name="access_sign_in_failure")]
