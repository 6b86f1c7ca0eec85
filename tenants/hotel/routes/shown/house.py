"""House-keeping, lost property, groups and the waitlist in words."""

from collections.abc import Mapping

from chalicelib.kernel.errors import N_
from tenants.hotel.domain.cleaning import Step, TaskKind, TaskState
from tenants.hotel.domain.group import GroupState
from tenants.hotel.domain.housekeeping import Found
from tenants.hotel.domain.office import FindState
from tenants.hotel.domain.waitlist import WaitState

TASKS: Mapping[TaskState, tuple[str, str]] = {
    TaskState.OPEN: (N_("没开始"), "warn"),
    TaskState.DOING: (N_("打扫中"), "calm"),
    TaskState.DONE: (N_("等查房"), "calm"),
    TaskState.INSPECTED: (N_("查房通过"), "good"),
    TaskState.SKIPPED: (N_("免打扰"), "off"),
}
KINDS: Mapping[TaskKind, str] = {
    TaskKind.DEPARTURE: N_("离店打扫"),
    TaskKind.STAYOVER: N_("续住打扫"),
    TaskKind.EXTRA: N_("加扫"),
}
STEPS: Mapping[Step, str] = {
    Step.START: N_("开始打扫"),
    Step.DONE: N_("打扫好了"),
    Step.SKIP: N_("客人免打扰"),
    Step.PASS: N_("查房通过"),
    Step.AGAIN: N_("要重扫"),
}
NEXT: Mapping[TaskState, tuple[Step, ...]] = {
    TaskState.OPEN: (Step.START, Step.DONE, Step.SKIP),
    TaskState.DOING: (Step.DONE, Step.SKIP),
    TaskState.DONE: (Step.PASS, Step.AGAIN),
    TaskState.SKIPPED: (Step.START,),
    TaskState.INSPECTED: (Step.AGAIN,),
}
"""What comes next; the first is the main one."""
FOUND: Mapping[Found, str] = {Found.VACANT: N_("房里没人"), Found.OCCUPIED: N_("房里有人或行李")}
FINDS: Mapping[FindState, tuple[str, str]] = {
    FindState.KEPT: (N_("保管中"), "calm"),
    FindState.RETURNED: (N_("已归还"), "good"),
    FindState.POLICE: (N_("已送公安"), "off"),
    FindState.DISPOSED: (N_("已处理"), "off"),
}
GROUPS: Mapping[GroupState, tuple[str, str]] = {
    GroupState.OPEN: (N_("保留中"), "good"),
    GroupState.RELEASED: (N_("已释放"), "off"),
    GroupState.CANCELLED: (N_("已取消"), "off"),
}
WAITS: Mapping[WaitState, tuple[str, str]] = {
    WaitState.WAITING: (N_("等候中"), "calm"),
    WaitState.OFFERED: (N_("已留房"), "warn"),
    WaitState.TAKEN: (N_("已订"), "good"),
    WaitState.LAPSED: (N_("已过期"), "off"),
    WaitState.WITHDRAWN: (N_("不要了"), "off"),
}
