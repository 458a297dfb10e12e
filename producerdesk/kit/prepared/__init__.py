"""Prepared queries: their SQL is made once for each kind of viewer, and then asked with other values.

What `visible_to` and its annotations compile to is nearly always the same text with other ids in it, and making it
costs Django far more than the database needs to answer it. So a function that builds a query is called with stand-ins:
a viewer whose ids are numbers that no row has, and such values for whatever else is given. The SQL it comes to is kept
by the viewer's kind (which rights in how many desks and projects), and the real values take the stand-ins' places.

    @prepared
    def _late(viewer: Viewer) -> QuerySet:
        return Song.objects.visible_to(viewer).with_lateness(viewer.day)[:8]

    LateSong.read(_late(viewer), viewer)

Several whose rows need no order are asked `at_once`: on PostgreSQL that is one statement, its parts side by side.

A stand-in that does not come out as it went in, a date that was found elsewhere than in what was given, a query asked
while the SQL is made: each is a mistake that would be kept, and raises. Where a request's own words shape the query, a
`Ready` is named by a key that holds these words; what looks like such a mistake may then be one of the words, so the
query is asked all the same and not kept.
"""

from producerdesk.kit.prepared.ready import Ready, at_once, prepared

__all__ = ["Ready", "at_once", "prepared"]
