"""The commands that the README tells people to type, as they stand there."""

import re

from tests import services


def commands(heading: str) -> list[str]:
    """Return the lines of the code blocks under this heading, without their remarks."""
    text = (services.ROOT / "README.md").read_text()
    part = re.split(r"^#{2,3} ", text, flags=re.MULTILINE)
    (section,) = [each for each in part if each.startswith(heading + "\n")]
    blocks = re.findall(r"^```\n(.*?)^```", section, flags=re.MULTILINE | re.DOTALL)
    lines = [re.sub(r"\s+#.*", "", line).strip() for block in blocks for line in block.splitlines()]
    return [line for line in lines if line]
