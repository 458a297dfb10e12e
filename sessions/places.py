"""How a place is written, in mails, calendars, schedules and on paper."""


def street_of(address: str, city: str) -> str:
    """Return the address with its city, which is not said twice; either may be empty."""
    return ", ".join(part for part in (address, "" if city in address else city) if part)
