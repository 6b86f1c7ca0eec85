"""In the house, without the desk: the kiosk, and the room's own page."""
