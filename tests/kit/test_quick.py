"""The quick tags say what Django's say, and what is kept for everybody knows nothing of anybody."""

import pytest
from django.template import Context, Template
from django.template.exceptions import TemplateSyntaxError
from django.urls import NoReverseMatch, reverse

from producerdesk.kit.paths import path_to

TEXTS = ['"100 % <b>"', '"Nora\'s"', '"x" as said', '"Hold" context "state"', '"%(day)s"', "name", '"a"|upper']


def drawn(text: str, **values: object) -> str:
    return Template(text).render(Context(values))


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_reads_as_django_says_it(text: str) -> None:
    quick = drawn(f"{{% trans {text} %}}[{{{{ said }}}}]", name="<i>")
    assert quick == drawn(f"{{% load i18n %}}{{% translate {text} %}}[{{{{ said }}}}]", name="<i>")


@pytest.mark.parametrize("key", [7, "7", 10**15])
def test_an_address_is_that_of_django(key: object) -> None:
    assert drawn("{% url 'sessions:detail' key %}", key=key) == reverse("sessions:detail", args=[key])


def test_addresses_of_several_ids_of_none_and_of_no_route() -> None:
    assert path_to("projects:song", 3, 14) == reverse("projects:song", args=[3, 14])
    assert path_to("projects:list") == reverse("projects:list")
    assert drawn("{% url 'sessions:detail' pk=key %}", key=5) == reverse("sessions:detail", args=[5])
    assert drawn("{% url 'sessions:detail' '' as found %}[{{ found }}]") == "[]"
    with pytest.raises(NoReverseMatch):
        drawn("{% url 'sessions:detail' %}")


def test_an_icon_that_depends_on_something_is_drawn_each_time() -> None:
    template = Template("{% icon name %}{% icon 'bell' %}")
    first, second = (template.render(Context({"name": name})) for name in ("sun", "moon"))
    assert "#sun" in first and "#moon" in second and first.replace("#sun", "#moon") == second


def test_what_is_kept_knows_only_what_it_names() -> None:
    template = Template("{% kept url=place.url %}{{ url }}{{ name }}{{ place.url }}{% endkept %}")
    seen = [template.render(Context({"place": {"url": url}, "name": "Ana"})) for url in ("/a/", "/b/", "/a/")]
    assert seen == ["/a/", "/b/", "/a/"]


def test_what_is_kept_ends_somewhere() -> None:
    with pytest.raises(TemplateSyntaxError):
        Template("{% kept %}x")
