"""Text as people type it."""


def one_line(text: str) -> str:
    """Return the text on one line, with single spaces: names stand in mail headers and in file names."""
    return " ".join(text.split())
