"""A form that was sent after the login had expired, kept in the login session until its person has signed in again."""

from django.http import HttpRequest, QueryDict

_KEPT = "kept_form"
_SECRET_FIELDS = ("csrfmiddlewaretoken", "password")


def keep(request: HttpRequest) -> None:
    """Remember the form of this request; without its secrets."""
    form = request.POST.copy()
    for name in list(form):
        if any(secret in name for secret in _SECRET_FIELDS):
            del form[name]
    request.session[_KEPT] = {"path": request.path, "form": form.urlencode()}


def take(request: HttpRequest) -> QueryDict | None:
    """Return the form that was kept for this page, once."""
    found = request.session.get(_KEPT)
    if not found or found["path"] != request.path:
        return None
    del request.session[_KEPT]
    return QueryDict(found["form"])
