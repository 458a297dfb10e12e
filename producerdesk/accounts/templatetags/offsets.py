"""How templates say when reminders leave."""

from django import template

from producerdesk.accounts.offsets import in_words

register = template.Library()

register.filter("in_words", in_words)
