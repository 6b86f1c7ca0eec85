"""Who books and who comes, as typed into a form, and checked box by box."""

import re
from collections.abc import Mapping
from dataclasses import field
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from chalicelib.web.http import Asked, Filled
from chalicelib.web.i18n import Translate

_PHONE = re.compile(r"^\+?[0-9]{5,19}$")
NOT_A_PHONE = N_("电话号码要 5 至 19 位数字,境外号码以 + 开头。")
_BETWEEN = re.compile(r"[\s()-]")
MOST_GUESTS = 20


def dialled(text: str) -> str:
    """Nothing, or a number that can be called."""
    if text and not _PHONE.match(_BETWEEN.sub("", text)):
        raise ValueError(NOT_A_PHONE)
    return text


Phone = Annotated[str, Field(min_length=1, max_length=30), AfterValidator(dialled)]
"""A number that is needed and was typed in a box of its own; said in words when it is none."""


class GuestForm(Asked):
    name: Annotated[str, Field(max_length=60, repr=False)] = ""


class ContactForm(Asked):
    """The boxes of the form. What is empty or wrong is told beside its box, so nothing is required here."""

    name: Annotated[str, Field(max_length=60, repr=False)] = ""
    phone: Annotated[str, Field(max_length=30, repr=False)] = ""
    at: Annotated[str, Field(max_length=5)] = ""
    note: Annotated[str, Field(max_length=300, repr=False)] = ""
    guests: Annotated[list[GuestForm], Field(max_length=MOST_GUESTS)] = Field(default=[])


@dataclass(frozen=True, kw_only=True)
class Contact:
    """The checked form, or what is wrong by box. ``typed``: for showing it again."""

    contact: dict[str, str] = field(default_factory=dict)
    guests: tuple[dict[str, str], ...] = ()
    wishes: dict[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    typed: Mapping[str, Any] = field(default_factory=dict)

    @property
    def filled(self) -> Filled:
        """The form, to be shown again."""
        return Filled(self.typed, self.errors)


def checked(form: ContactForm, *, say: Translate) -> Contact:
    """Check every box; all that is wrong is told at once."""
    errors: dict[str, str] = {}
    phone = _BETWEEN.sub("", form.phone)
    if not form.name:
        errors["name"] = say(N_("请填写联系人姓名。"))
    if not phone:
        errors["phone"] = say(N_("请填写联系电话。"))
    elif not _PHONE.match(phone):
        errors["phone"] = say(NOT_A_PHONE)
    at = form.at if re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", form.at) else ""
    wishes = {name: value for name, value in (("at", at), ("note", form.note)) if value}
    return Contact(
        contact={"name": form.name, "phone": phone},
        guests=tuple({"name": guest.name} for guest in form.guests if guest.name),
        wishes=wishes,
        errors=errors,
        typed={
            "name": form.name,
            "phone": form.phone,
            "at": at,
            "note": form.note,
            "guests": [{"name": guest.name} for guest in form.guests],
        },
    )
