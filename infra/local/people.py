"""Invented people: identifiers that are valid in form and issued to nobody."""

from datetime import date

from chalicelib.kernel.documents import check_digit


def resident_id(*, born: date, serial: int) -> str:
    """An ID number of region 410100, a prefecture's code: real ones carry a county's."""
    body = f"410100{born:%Y%m%d}{serial % 1000:03d}"
    return body + check_digit(body)
