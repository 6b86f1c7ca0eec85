"""A city of invented enterprises and visitors: a day to watch, and the test of the feed by load and sums."""
