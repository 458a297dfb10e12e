"""The sign-up form: allauth asks for e-mail and password; we ask for a name and learn the zone from the browser."""

from typing import Any

from allauth.account.forms import SignupForm as AllauthSignupForm
from django import forms
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class SignupForm(AllauthSignupForm):
    """What a new account says of itself."""

    name = forms.CharField(
        label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name", "autofocus": True})
    )
    # filled by a script; an unknown zone is simply not taken over
    time_zone = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput(attrs={"data-zone": ""}))

    field_order = ["name", "email", "password1"]

    def try_save(self, request: HttpRequest) -> tuple[Any, Any]:
        if self.account_already_exists:
            # a new account's password is hashed, which takes a while: without this the answer would come sooner
            # for an address that has an account, and so tell of it
            make_password(self.cleaned_data["password1"])
        return super().try_save(request)
