"""Projects, songs and who may see them, for operators to look at."""

from producerdesk.kit.admin import show_all

show_all("projects")
