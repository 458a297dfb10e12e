"""What the API says of people and hires, and what one may tell it."""
