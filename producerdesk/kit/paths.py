"""Ids in the addresses of pages: `<id:pk>`. What no database could hold leads nowhere, as it does in the API."""

from django.urls.converters import IntConverter


class IdConverter(IntConverter):
    """A whole number of at most 18 digits."""

    regex = "[0-9]{1,18}"
