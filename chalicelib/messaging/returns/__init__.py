"""Statutory returns 统计报表 as the enterprises have them: asked for with what is known already, filled in,
signed, sent up (U33), and passed or sent back level by level.

The bureau asks and judges (``tenants/bureau``); every kind of tenant gets the page, the states and the event
from here. Forms are data: ``forms.py``.
"""
