"""The only room that makes a slot busy: resources, their slots and the lock (design: Booking)."""
