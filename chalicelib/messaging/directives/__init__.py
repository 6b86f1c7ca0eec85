"""Directives 指令 as the tenants have them: warnings, orders and notices from above, and what was answered.

The bureau says them (``tenants/bureau``); each kind of tenant takes them in by ``inbox.receive`` and may have
an effect of its own. Every kind gets the console's page, the banners and the receipts (U27) from here.
"""
