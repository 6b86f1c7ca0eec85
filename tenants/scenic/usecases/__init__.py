"""One function per thing a person can do at a scenic area; ports as Protocols."""
