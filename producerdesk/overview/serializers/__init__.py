"""What the API says of what spans all apps: the day, the five questions, what a search found."""
