"""Call sheets, without their rows and rights: how they start, what they say, what changed, how they are printed."""
