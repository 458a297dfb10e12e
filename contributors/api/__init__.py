"""The API of people and hires."""

from contributors.api.engagements import EngagementViewSet
from contributors.api.links import PrivateLinkViewSet
from contributors.api.people import ContributorViewSet

__all__ = ["ContributorViewSet", "EngagementViewSet", "PrivateLinkViewSet"]
