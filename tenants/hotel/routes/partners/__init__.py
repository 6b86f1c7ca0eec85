"""In the words of others: AlpineBits, calendars, a lock's cloud, the police terminal."""
