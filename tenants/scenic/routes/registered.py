"""The module's one blueprint: every routes file registers on it."""

from chalice.app import Blueprint

BLUEPRINT = Blueprint(__name__)
