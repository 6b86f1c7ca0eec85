"""What is sold or hired beside a room, in words: its kinds, its equipment, how a hire stands."""

from chalicelib.kernel.errors import N_
from tenants.hotel.domain.extra import Kind
from tenants.hotel.domain.hire import HireState

KINDS = {
    "meal": Kind.MEAL,
    "parking": Kind.PARKING,
    "meeting": Kind.MEETING,
    "gear": Kind.GEAR,
    "car": Kind.CAR,
    "other": Kind.OTHER,
}
"""As the API and the forms call them; the orders' own words for them differ."""
NAMES = {
    "meal": N_("餐饮"),
    "parking": N_("停车"),
    "meeting": N_("会议室"),
    "gear": N_("会议设备"),
    "car": N_("用车"),
    "other": N_("其他服务"),
}
GEAR = {
    "projector": N_("投影"),
    "screen": N_("大屏"),
    "microphone": N_("话筒音响"),
    "whiteboard": N_("白板"),
    "video": N_("视频会议"),
    "tea": N_("茶歇"),
    "wifi": N_("专线网络"),
}
STATES = {
    HireState.BOOKED: (N_("待使用"), "calm"),
    HireState.RUNNING: (N_("使用中"), "good"),
    HireState.ENDED: (N_("已结束"), "off"),
    HireState.UNUSED: (N_("未使用"), "warn"),
    HireState.CANCELLED: (N_("已取消"), "off"),
}


def kind_name(kind: Kind) -> str:
    """An extra's kind as the API and the forms call it."""
    return next(name for name, known in KINDS.items() if known is kind)
