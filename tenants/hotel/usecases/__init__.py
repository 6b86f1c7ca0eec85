"""One function per thing a person can do at a hotel; ports as Protocols."""
