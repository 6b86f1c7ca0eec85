"""Refusals of set-up: what a property, a type, a whole house 整栋 or a plan cannot be."""

from chalicelib.kernel.errors import N_, Invalid, Refusal


class SetupInvalid(Invalid):
    code = "hotel.setup.invalid"


class CheckOutLate(SetupInvalid):
    code = "hotel.property.check-out-late"
    detail = N_("退房时间不能晚于入住时间。")


class StarsWrong(SetupInvalid):
    code = "hotel.property.stars"
    detail = N_("星级为 0 到 5。")


class ZoneUnknown(SetupInvalid):
    code = "hotel.property.zone"
    detail = N_("时区无法识别。")


class HoursUneven(SetupInvalid):
    code = "hotel.type.hours-uneven"
    detail = N_("钟点房按整点开放。")


class HoursTooLong(SetupInvalid):
    code = "hotel.type.hours-too-long"
    detail = N_("钟点房时长超出开放时段。")


class PeopleWrong(SetupInvalid):
    code = "hotel.type.people"
    detail = N_("价格所含人数应在 1 与最多人数之间。")


class HouseElsewhere(SetupInvalid):
    code = "hotel.house.elsewhere"
    detail = N_("整栋的客房须在同一酒店。")


class HouseEmpty(SetupInvalid):
    code = "hotel.house.empty"
    detail = N_("整栋至少包含一间客房。")


class HouseFixed(SetupInvalid):
    code = "hotel.house.fixed"
    detail = N_("整栋开售后不能改变所含客房;请停用后另建。")


class HouseOfHouses(SetupInvalid):
    code = "hotel.house.nested"
    detail = N_("整栋由客房组成,不能再包含另一个整栋。")


class HouseOversold(SetupInvalid):
    code = "hotel.house.oversold"
    detail = N_("整栋不能超售。")


class HouseHasNoRooms(SetupInvalid):
    code = "hotel.house.no-rooms"
    detail = N_("整栋没有自己的客房。")


class TypeMoved(SetupInvalid):
    code = "hotel.type.moved"
    detail = N_("房型不能换到另一家酒店。")


class TypeIsAnother(SetupInvalid):
    code = "hotel.type.another"
    detail = N_("已开售的房型不能改为整栋,整栋也不能改为房型。")


class HourlyFixed(SetupInvalid):
    code = "hotel.type.hours-fixed"
    detail = N_("钟点房间数开售后不能改变。")


class DepositWrong(SetupInvalid):
    code = "hotel.plan.deposit"
    detail = N_("订金应在房费的千分之一与全额之间。")


class TierTwice(SetupInvalid):
    code = "hotel.plan.tier-twice"
    detail = N_("退订阶梯的时间不能重复。")


class BaseWrong(SetupInvalid):
    code = "hotel.plan.base"
    detail = N_("派生价只能取自一个基础价格计划。")


class TypesUnknown(SetupInvalid):
    code = "hotel.plan.types-unknown"
    detail = N_("价格计划所列的房型不存在。")


class AllowanceFixed(Refusal):
    code = "hotel.type.allowance-fixed"
    detail = N_("超售额度不能降为 %(wanted)s:可以降为 %(possible)s,或继续增加。")
    remedy = N_("已按原额度卖出的房晚不会被取消;请选择列出的额度。")
