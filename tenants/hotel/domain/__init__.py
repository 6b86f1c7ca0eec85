"""Rules of a hotel: rooms, plans, cells, offers, nights. No clock, no table."""
