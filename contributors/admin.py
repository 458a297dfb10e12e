"""People, hires and private links, for operators to look at."""

from producerdesk.kit.admin import show_all

show_all("contributors")
