"""Guests book: from the front page to what they change later."""
