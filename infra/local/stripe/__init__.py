"""The local stand-in for Stripe: speaks Stripe's HTTP to the real ``stripe`` SDK, with test money only.

``make run`` starts it when no Stripe key is set. State is one SQLite file; nothing leaves the machine.
"""
