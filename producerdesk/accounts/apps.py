from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "producerdesk.accounts"
    label = "accounts"
    verbose_name = "Accounts"
