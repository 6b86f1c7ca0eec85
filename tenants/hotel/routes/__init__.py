"""Translate, call, answer: the API, the visitors' pages and the desk."""

from typing import Any

from chalicelib.web.declared import blueprint_of


def blueprint() -> Any:
    """The module's blueprint, once every route has registered on it."""
    return blueprint_of(__name__)
