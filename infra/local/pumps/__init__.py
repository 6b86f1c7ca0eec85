"""What Lambda's event sources do on AWS, on this computer: streams, queues and schedules.

The handlers are the decorated functions of ``app.py``; they get the same raw events.
"""

from infra.local.pumps.run import Pumps, drain

__all__ = ["Pumps", "drain"]
