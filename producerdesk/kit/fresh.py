"""Answers that tell whether they changed: an ETag of what they say, and 304 for who has it already."""

import hashlib
from typing import Any

from rest_framework.response import Response

from producerdesk.kit.json import JSONRenderer


class Fresh:
    """Put before DeskViewSet: each GET answers with an ETag of its content, and 304 to an If-None-Match that fits.

    Where a row has a version, the ETag begins with it ("3-9f86d081884c7d65"), so it serves as If-Match too. The answer
    is made all the same: what is saved is the way, and the reader's work.
    """

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc] # stands before a view set
        if request.method not in ("GET", "HEAD") or response.status_code != 200 or response.streaming:
            return response
        said = JSONRenderer().render(response.data) if isinstance(response, Response) else response.content
        digest = hashlib.sha256(said).hexdigest()[:16]
        version = response.headers.get("ETag", "").strip('"')
        etag = f'"{version}-{digest}"' if version else f'"{digest}"'
        response["ETag"] = etag
        response["Cache-Control"] = "private, no-cache"
        if etag in _tags(request.headers.get("If-None-Match", "")):
            return _not_modified(response)
        return response


def _tags(text: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in text.split(",")}


def _not_modified(response: Any) -> Any:
    response.status_code = 304
    if isinstance(response, Response):
        response.data = None
    else:
        response.content = b""
    return response
