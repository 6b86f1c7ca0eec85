"""Devices, their queues and logs: what waits is one partition a device, what is done lies in another."""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pynamodb.attributes import BinaryAttribute, NumberAttribute, UnicodeAttribute

from chalicelib.kernel.period import business_day, parse_instant, rfc3339
from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.device import Device, DeviceKind, Via
from tenants.hotel.domain.key import Command, CommandState, Grant, Holder, Op, Window
from tenants.hotel.domain.sheet import month_of
from tenants.hotel.usecases.key_ports import Entry


class DeviceRow(Row, discriminator="hotel-device"):
    """pk ``DEVICES#<property>``, sk the device's id. The secret it shares with us is sealed."""

    body = UnicodeAttribute()
    seed = BinaryAttribute(null=True, legacy_encoding=False)
    version = NumberAttribute()


class LabelRow(Row, discriminator="hotel-device-label"):
    """pk ``DEVICE-LABELS#<property>``, sk what a device is called where: no two are called the same."""


class CommandRow(Row, discriminator="hotel-command"):
    """Open: pk ``QUEUE#<property>``, sk ``<device>#<id>``; over: ``DOORLOG#<device>#<yyyymm>``, the id."""

    body = UnicodeAttribute()
    secret = BinaryAttribute(null=True, legacy_encoding=False)
    state = UnicodeAttribute()
    tries = NumberAttribute()


class EntryRow(Row, discriminator="hotel-door-entry"):
    """pk ``DOORLOG#<device>#<yyyymm>``, sk ``<instant>#<grant>``: sent twice, it is one row."""

    outcome = UnicodeAttribute()


class GrantRow(Row, discriminator="hotel-grant"):
    """pk ``GRANTS#<owner>``, sk the grant's id."""

    body = UnicodeAttribute()
    code = BinaryAttribute(legacy_encoding=False)
    version = NumberAttribute()


class AccountRow(Row, discriminator="hotel-maker"):
    """pk ``MAKERS``, sk the maker: a sealed account at its cloud."""

    account = BinaryAttribute(legacy_encoding=False)


class DeviceStore:
    """The ``Devices`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def all(self, property: str) -> Sequence[Device]:
        rows = DeviceRow.query(tenant_key("DEVICES", property), consistent_read=True)
        return [_device(property, row) for row in rows]

    def find(self, property: str, id: str) -> Device | None:
        row = DeviceRow.find(tenant_key("DEVICES", property), id)
        return _device(property, row) if row is not None else None

    def keep(self, device: Device, *, before: Device | None) -> None:
        row = DeviceRow(
            tenant_key("DEVICES", device.site),
            device.id,
            body=_json(_device_body(device)),
            seed=device.seed or None,
            version=device.version,
        )
        self._work.about(device.id)
        if before is None:
            self._work.create(row)
            self._work.create(LabelRow(tenant_key("DEVICE-LABELS", device.site), device.label))
        else:
            self._work.put(row, DeviceRow.version == before.version)

    def queued(self, property: str) -> Sequence[Command]:
        rows = CommandRow.query(tenant_key("QUEUE", property), consistent_read=True)
        return [_command(property, row) for row in rows]

    def queue(self, command: Command) -> None:
        self._work.create(_command_row(command, *_waiting(command)))

    def update(self, command: Command, *, before: Command) -> None:
        pk, sk = _waiting(command)
        as_it_was = (CommandRow.state == str(before.state)) & (CommandRow.tries == before.tries)
        if command.open:
            self._work.put(_command_row(command, pk, sk), as_it_was)
            return
        self._work.delete(CommandRow(pk, sk), as_it_was)
        self._work.create(_command_row(command, _log_pk(command.device, command.made), command.id))

    def record(self, entries: Sequence[Entry]) -> None:
        for entry in {(one.device, one.at, one.grant): one for one in entries}.values():
            sk = f"{rfc3339(entry.at)}#{entry.grant}"
            self._work.put(EntryRow(_log_pk(entry.device, entry.at), sk, outcome=entry.outcome))

    def account(self, maker: str) -> bytes | None:
        row = AccountRow.find(tenant_key("MAKERS"), maker)
        return bytes(row.account) if row is not None else None

    def keep_account(self, maker: str, sealed: bytes | None) -> None:
        self._work.about(maker)
        if sealed is None:
            self._work.delete(AccountRow(tenant_key("MAKERS"), maker))
        else:
            self._work.put(AccountRow(tenant_key("MAKERS"), maker, account=sealed))

    def log(self, device: str, day: date) -> Sequence[Entry]:
        pk = tenant_key("DOORLOG", device, month_of(day))
        rows = EntryRow.query(pk, EntryRow.sk.startswith("2"))
        found = [
            Entry(
                device=device,
                at=parse_instant(row.sk.partition("#")[0]),
                grant=row.sk.partition("#")[2],
                outcome=row.outcome,
            )
            for row in rows
        ]
        return [entry for entry in found if business_day(entry.at) == day]


class GrantStore:
    """The ``Grants`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def of(self, owner: str) -> Sequence[Grant]:
        rows = GrantRow.query(tenant_key("GRANTS", owner), consistent_read=True)
        return [_grant(owner, row) for row in rows]

    def keep(self, grant: Grant, *, before: Grant | None) -> None:
        row = GrantRow(
            tenant_key("GRANTS", grant.owner),
            grant.id,
            body=_json(
                {
                    "site": grant.site,
                    "holder": str(grant.holder),
                    "rooms": grant.rooms,
                    "floors": grant.floors,
                    "window": _window_body(grant.window),
                    "given": grant.given,
                    "revoked": _text(grant.revoked),
                }
            ),
            code=grant.code,
            version=grant.version,
        )
        if before is None:
            self._work.create(row)
        else:
            self._work.put(row, GrantRow.version == before.version)


def _log_pk(device: str, at: datetime) -> str:
    return tenant_key("DOORLOG", device, month_of(business_day(at)))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _text(instant: datetime | None) -> str | None:
    return rfc3339(instant) if instant is not None else None


def _moment(text: str | None) -> datetime | None:
    return parse_instant(text) if text else None


def _window_body(window: Window) -> list[str]:
    return [rfc3339(window.since), rfc3339(window.until)]


def _device_body(device: Device) -> dict[str, Any]:
    return {
        "kind": str(device.kind),
        "name": device.name,
        "place": device.place,
        "via": str(device.via),
        "remote": device.remote,
        "floors": device.floors,
        "seen": _text(device.seen),
        "battery": device.battery,
        "alarm": device.alarm,
        "inspect": device.inspect.isoformat() if device.inspect else None,
        "on": device.on,
    }


def _device(property: str, row: DeviceRow) -> Device:
    body = json.loads(row.body)
    return Device(
        id=row.sk,
        site=property,
        kind=DeviceKind(body["kind"]),
        name=body["name"],
        place=body["place"],
        via=Via(body["via"]),
        remote=body["remote"],
        seed=bytes(row.seed or b""),
        floors=tuple(body["floors"]),
        seen=_moment(body["seen"]),
        battery=body["battery"],
        alarm=body["alarm"],
        inspect=date.fromisoformat(body["inspect"]) if body["inspect"] else None,
        on=body["on"],
        version=int(row.version),
    )


def _waiting(command: Command) -> tuple[str, str]:
    return tenant_key("QUEUE", command.site), f"{command.device}#{command.id}"


def _command_row(command: Command, pk: str, sk: str) -> CommandRow:
    return CommandRow(
        pk,
        sk,
        body=_json(
            {
                "op": str(command.op),
                "grant": command.grant,
                "window": _window_body(command.window),
                "made": rfc3339(command.made),
                "floor": command.floor,
                "sent": _text(command.sent),
                "error": command.error,
            }
        ),
        secret=(command.secret or None) if command.open else None,
        state=str(command.state),
        tries=command.tries,
    )


def _command(property: str, row: CommandRow) -> Command:
    device, _, id = row.sk.partition("#")
    body = json.loads(row.body)
    since, until = (parse_instant(one) for one in body["window"])
    return Command(
        id=id,
        site=property,
        device=device,
        op=Op(body["op"]),
        grant=body["grant"],
        window=Window(since, until),
        made=parse_instant(body["made"]),
        secret=bytes(row.secret or b""),
        floor=body["floor"],
        state=CommandState(row.state),
        sent=_moment(body["sent"]),
        tries=int(row.tries),
        error=body["error"],
    )


def _grant(owner: str, row: GrantRow) -> Grant:
    body = json.loads(row.body)
    since, until = (parse_instant(one) for one in body["window"])
    return Grant(
        id=row.sk,
        site=body["site"],
        owner=owner,
        holder=Holder(body["holder"]),
        rooms=tuple(body["rooms"]),
        floors=tuple(body["floors"]),
        window=Window(since, until),
        code=bytes(row.code),
        given=tuple(body["given"]),
        revoked=_moment(body["revoked"]),
        version=int(row.version),
    )
