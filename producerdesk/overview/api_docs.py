"""The REST API, described: OpenAPI for programs, a page for people."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView


class ApiSchema(SpectacularAPIView):
    """OpenAPI 3.1, as YAML or, if asked, as JSON."""

    @extend_schema(exclude=True)
    def get(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        renderer = request.accepted_renderer
        answer = HttpResponse(_written(renderer.__class__), content_type=renderer.media_type)
        answer["Content-Disposition"] = f'inline; filename="ProducerDesk.{renderer.format}"'
        return answer


@cache
def _written(renderer: type) -> bytes:
    """Return the whole description. Worked out once in a process: it takes seconds, and only the code decides it."""
    return renderer().render(SchemaGenerator().get_schema(request=None, public=True), renderer_context={})


class ApiDocs(SpectacularSwaggerSplitView):
    """Swagger UI, all of it from this desk, in a template of ours: its own carries an inline style."""

    url_name = "api:schema"
    template_name = "overview/api_docs.html"
