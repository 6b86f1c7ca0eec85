"""What a hotel's own system sends in AlpineBits, by its actions."""

from datetime import timedelta

from tests.alpinebits import message
from tests.hotel_desk import DAY


def free(*spans: tuple[int, int, int | None], type: str = "twin", complete: bool = False) -> str:
    """(first, last, left) in days ahead; None: nothing said of what is left, that is nothing."""
    inside = "".join(
        f'<Inventory><StatusApplicationControl Start="{DAY + timedelta(days=first)}" '
        f'End="{DAY + timedelta(days=last)}" InvTypeCode="{type}"/>'
        + ("" if left is None else f'<InvCounts><InvCount CountType="2" Count="{left}"/></InvCounts>')
        + "</Inventory>"
        for first, last, left in spans
    )
    inside = f'<Inventories HotelCode="inn">{inside or "<Inventory/>"}</Inventories>'
    return message("OTA_HotelInvCountNotifRQ", inside, complete=complete)


def room(code: str, *, most: int = 2, title: str = "", rooms: tuple[str, ...] = ()) -> str:
    words = (
        '<MultimediaDescriptions><MultimediaDescription InfoCode="25"><TextItems><TextItem>'
        f'<Description TextFormat="PlainText" Language="en">{title}</Description>'
        "</TextItem></TextItems></MultimediaDescription></MultimediaDescriptions>"
        if title
        else ""
    )
    head = (
        f'<GuestRoom Code="{code}" MaxOccupancy="{most}" MinOccupancy="1">'
        f'<TypeRoom StandardOccupancy="2" RoomClassificationCode="42"/>{words}</GuestRoom>'
    )
    return head + "".join(f'<GuestRoom Code="{code}"><TypeRoom RoomID="{one}"/></GuestRoom>' for one in rooms)


def inventory(*rooms: str) -> str:
    inside = "".join(rooms)
    for around in ("GuestRooms", "FacilityInfo", 'HotelDescriptiveContent HotelCode="inn"'):
        inside = f"<{around}>{inside}</{around.split()[0]}>"
    inside = f"<HotelDescriptiveContents>{inside}</HotelDescriptiveContents>"
    return message("OTA_HotelDescriptiveContentNotifRQ", inside)


def plan(code: str = "BAR.HB", *, kind: str = "New", rules: str = "", price: str = "120.50") -> str:
    return (
        f'<RatePlan RatePlanNotifType="{kind}" CurrencyCode="CNY" RatePlanCode="{code}">'
        + (f"<BookingRules>{rules}</BookingRules>" if rules else "")
        + '<Rates><Rate RateTimeUnit="Day" UnitMultiplier="1"><BaseByGuestAmts><BaseByGuestAmt Type="7"/>'
        '</BaseByGuestAmts><MealsIncluded MealPlanIndicator="true" MealPlanCodes="12"/></Rate>'
        f'<Rate InvTypeCode="SUITE" Start="{DAY}" End="{DAY + timedelta(days=6)}"><BaseByGuestAmts>'
        '<BaseByGuestAmt NumberOfGuests="1" AgeQualifyingCode="10" AmountAfterTax="200"/>'
        f'<BaseByGuestAmt NumberOfGuests="2" AgeQualifyingCode="10" AmountAfterTax="{price}"/>'
        "</BaseByGuestAmts><AdditionalGuestAmounts>"
        '<AdditionalGuestAmount AgeQualifyingCode="10" Amount="80"/></AdditionalGuestAmounts></Rate></Rates>'
        '<Description Name="title"><Text TextFormat="PlainText" Language="en">Half board</Text></Description>'
        "</RatePlan>"
    )


def plans(*inside: str, complete: bool = False) -> str:
    around = f'<RatePlans HotelCode="inn">{"".join(inside)}</RatePlans>'
    return message("OTA_HotelRatePlanNotifRQ", around, complete=complete)


RULE = (
    f'<BookingRule Start="{DAY}" End="{DAY + timedelta(days=6)}"><LengthsOfStay>'
    '<LengthOfStay Time="2" TimeUnit="Day" MinMaxMessageType="SetMinLOS"/>'
    '<LengthOfStay Time="3" TimeUnit="Day" MinMaxMessageType="SetForwardMinStay"/></LengthsOfStay>'
    '<DOW_Restrictions><ArrivalDaysOfWeek Mon="1" Tue="1" Weds="0" Thur="1" Fri="1" Sat="1" Sun="1"/>'
    "</DOW_Restrictions></BookingRule>"
)


def read(start: str = "") -> str:
    criteria = f'<SelectionCriteria Start="{start}"/>' if start else ""
    inside = f'<ReadRequests><HotelReadRequest HotelCode="inn">{criteria}</HotelReadRequest></ReadRequests>'
    return message("OTA_ReadRQ", inside)


def acknowledge(*ids: tuple[str, str]) -> str:
    inside = "".join(
        f'<HotelReservation><UniqueID Type="{t}" ID="{id}"/></HotelReservation>' for t, id in ids
    )
    inside = (
        "<Success/><NotifDetails><HotelNotifReport><HotelReservations>"
        f"{inside}</HotelReservations></HotelNotifReport></NotifDetails>"
    )
    return message("OTA_NotifReportRQ", inside)
