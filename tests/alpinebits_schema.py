"""The structure of our answers as AlpineBits publishes it: schema of HotelData 2022-10, version 1.2.

Source: the W3C schema ``alpinebits.xsd`` of the developers' kit, https://www.alpinebits.org (types ``def_…``
of that file are named here by what they allow). Written down by hand for what we answer: which children in
which order and how many, which attributes of which type. ``?`` none or one, ``*`` any, ``+`` one or more.
"""

import re
from xml.etree.ElementTree import Element

SPACE = "http://www.opentravel.org/OTA/2003/05"

_TEXT, _COUNT, _POSITIVE = r".+", r"[0-9]+", r"0*[1-9][0-9]*"
_DAY, _INSTANT = r"\d{4}-\d\d-\d\d", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"
_AMOUNT, _CURRENCY, _HOTEL, _TYPE = r"[0-9]+(\.[0-9]+)?", r".{3}", r".{1,16}", r".{1,8}"
_BOOL, _LANGUAGE, _PHONE = r"1|0|true|false", r"[a-z]{2}", r"\+?[0-9]+"
_COMPLETE = r"ALPINEBITS_SEND_(FREEROOMS|RATEPLANS|INVENTORY)"

_PUSHED = ("Errors", "Success Warnings?")
CONTENT: dict[str, tuple[str, ...]] = {
    "OTA_PingRS": ("Errors", "Success Warnings? EchoData"),
    "OTA_HotelInvCountNotifRS": _PUSHED,
    "OTA_HotelDescriptiveContentNotifRS": _PUSHED,
    "OTA_HotelRatePlanNotifRS": _PUSHED,
    "OTA_NotifReportRS": _PUSHED,
    "OTA_ResRetrieveRS": ("Errors", "Success Warnings? ReservationsList"),
    "Errors": ("Error+",),
    "Warnings": ("Warning+",),
    "ReservationsList": ("HotelReservation*",),
    "HotelReservation": ("UniqueID RoomStays? ResGuests? ResGlobalInfo?",),
    "RoomStays": ("RoomStay+",),
    "RoomStay": ("RoomTypes? RatePlans? GuestCounts? TimeSpan Guarantee? Total?",),
    "RoomTypes": ("RoomType",),
    "RatePlans": ("RatePlan",),
    "RatePlan": ("Commission? MealsIncluded?",),
    "GuestCounts": ("GuestCount+",),
    "ResGuests": ("ResGuest",),
    "ResGuest": ("Profiles",),
    "Profiles": ("ProfileInfo",),
    "ProfileInfo": ("Profile",),
    "Profile": ("Customer",),
    "Customer": ("PersonName Telephone* Email? Address?",),
    "PersonName": ("NamePrefix? GivenName Surname NameTitle?",),
    "ResGlobalInfo": (
        "Comments? SpecialRequests? CancelPenalties? HotelReservationIDs? Profiles? BasicPropertyInfo",
    ),
    "Comments": ("Comment Comment?",),
    "Comment": ("Text?", "ListItem*"),
}
"""What may stand in an element, in alternatives; an element that is not here has no children."""

ATTRIBUTES: dict[str, dict[str, str]] = {
    **{root: {"Version!": _TEXT, "TimeStamp": _TEXT} for root in CONTENT if root.startswith("OTA_")},
    "Error": {"Type!": "11|13", "Code": _POSITIVE, "Status": _COMPLETE},
    "Warning": {"Type!": _POSITIVE, "RecordID": _TEXT, "Status": f"{_COMPLETE}|ALPINEBITS_HANDSHAKE"},
    "HotelReservation": {
        "CreateDateTime!": _INSTANT,
        "LastModifyDateTime": _INSTANT,
        "ResStatus!": "Requested|Reserved|Cancelled|Modify",
        "RoomStayReservation": _BOOL,
    },
    "UniqueID": {"Type!": "14|15", "ID!": _TEXT},
    "RoomStay": {"RoomStayGroupID": _TEXT},
    "RoomType": {"RoomTypeCode": _TYPE, "RoomClassificationCode": _COUNT, "RoomType": "[1-9]"},
    "RatePlan": {"RatePlanCode": _TEXT},
    "MealsIncluded": {"MealPlanIndicator!": "1|true", "MealPlanCodes!": "1|3|10|12|14"},
    "GuestCount": {"Count!": _POSITIVE, "Age": _COUNT},
    "TimeSpan": {"Start": _DAY, "End": _DAY, "Duration": "P[0-9]+N"},
    "Total": {"AmountAfterTax!": _AMOUNT, "CurrencyCode!": _CURRENCY},
    "Customer": {"Gender": "Unknown|Male|Female", "BirthDate": _DAY, "Language": _LANGUAGE},
    "Telephone": {"PhoneTechType!": "1|3|5", "PhoneNumber!": _PHONE},
    "Email": {"Remark": "newsletter:(no|yes)"},
    "Comment": {"Name!": "included services|customer comment"},
    "BasicPropertyInfo": {"HotelCode": _HOTEL, "HotelName": _TEXT},
}
"""Attributes by element: ``!`` must be there."""

TEXTS = {"EchoData": _TEXT, "GivenName": _TEXT, "Surname": _TEXT, "Text": _TEXT, "Email": r"\S+@\S+"}

CAPABILITIES = {
    "action_OTA_Ping": set[str](),
    "action_OTA_Read": set[str](),
    "action_OTA_HotelInvCountNotif": {
        f"OTA_HotelInvCountNotif_accept_{word}"
        for word in ("rooms", "categories", "deltas", "complete_set", "out_of_order", "out_of_market")
    }
    | {"OTA_HotelInvCountNotif_accept_closing_seasons"},
    "action_OTA_HotelDescriptiveContentNotif_Inventory": {
        f"OTA_HotelDescriptiveContentNotif_Inventory_{word}" for word in ("use_rooms", "occupancy_children")
    },
    "action_OTA_HotelRatePlanNotif_RatePlans": {
        f"OTA_HotelRatePlanNotif_accept_{word}"
        for word in (
            *("ArrivalDOW", "DepartureDOW", "RatePlan_BookingRule", "RatePlan_RoomType_BookingRule"),
            *("Supplements", "FreeNightsOffers", "FamilyOffers", "overlay", "RatePlanJoin"),
            *("OfferRule_BookingOffset", "OfferRule_DOWLOS"),
        )
    },
}
"""Actions and capabilities as the standard names them, of those that a hotel's server may announce here."""


def local(element: Element) -> str:
    """An element's name, which must be of the standard's namespace."""
    space, _, name = element.tag.removeprefix("{").rpartition("}")
    assert space == SPACE, element.tag
    return name


def conform(element: Element) -> None:
    """An answer is as the schema wants it, down to its last element."""
    name = local(element)
    children = "".join(f"{local(child)} " for child in element)
    allowed = [_pattern(content) for content in CONTENT.get(name, ("",))]
    assert any(re.fullmatch(pattern, children) for pattern in allowed), (name, children)
    wanted = {key.rstrip("!"): value for key, value in ATTRIBUTES.get(name, {}).items()}
    missing = {key[:-1] for key in ATTRIBUTES.get(name, {}) if key.endswith("!")} - set(element.attrib)
    assert not missing, (name, missing)
    for key, value in element.attrib.items():
        assert key in wanted, (name, key)
        assert re.fullmatch(wanted[key], value), (name, key, value)
    if name in TEXTS:
        assert re.fullmatch(TEXTS[name], element.text or "", re.DOTALL), (name, element.text)
    for child in element:
        conform(child)


def _pattern(content: str) -> str:
    """``A? B+`` as a pattern of names, each followed by a blank."""
    made = ""
    for word in content.split():
        name = word.rstrip("?*+")
        made += f"({name} ){word[len(name) :]}"
    return made
