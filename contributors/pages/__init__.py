"""The pages of people and hires."""
