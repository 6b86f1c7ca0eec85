"""Orders: hold, pay, confirm, quote, refund; the same for every kind of line."""
