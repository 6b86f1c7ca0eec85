"""Feeds out: what a tenant's own system, or the next level up, fetches or is sent, in one order of arrival.

A feed is a log of CloudEvents in the tenant's own rows: ``down`` is what came from above to an enterprise,
``above`` is what the bureau gives to the level over it. It is read in two ways: **pulled** (a page after the
last acknowledgement, at least once) and **pushed** (webhooks, ``hooks.py``). Nothing in it names a person.
"""
