"""The registry of event contracts (every ``events.json``), and what is wrong with an envelope.

``events.json`` maps a type to ``piiclass``, ``lane``, ``due_minutes`` (a deadline as data, or
null), ``summary`` and ``schema`` (JSON Schema draft 7 of ``data``). A module's contract lies in its
folder and only tenants of that kind may say those types; a contract in the core
(``chalicelib/*/events.json``) belongs to every kind. ``kinds`` in an entry names the kinds that may say
it instead. An entry with ``kinds`` alone joins them to a contract that stands elsewhere: what hotels and
homestays both say is written once.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import parse_instant
from chalicelib.tenancy.context import Tenant

AHEAD = timedelta(minutes=10)
"""How far a sender's clock may run before ours."""

ENVELOPE: Mapping[str, Any] = {
    "$id": "urn:tourism:schema:envelope:1",
    "type": "object",
    "additionalProperties": False,
    "required": [
        *(
            "specversion",
            "id",
            "source",
            "type",
            "time",
            "subject",
            "dataschema",
            "datacontenttype",
        ),
        *("tenantid", "tenantkind", "district", "piiclass", "status", "data"),
    ],
    "properties": {
        "specversion": {"const": "1.0"},
        # The id stands in keys: no separator, no space, nothing that could reach another partition.
        "id": {"type": "string", "pattern": r"^[A-Za-z0-9_.:-]{1,64}\Z"},
        "source": {"type": "string", "pattern": r"^/tenants/[a-z0-9-]{3,40}/[a-z]+\Z"},
        "type": {
            "type": "string",
            "maxLength": 80,
            "pattern": r"^tourism\.[a-z]+(\.[a-z]+){1,2}\.v[0-9]+\Z",
        },
        "time": {"type": "string", "format": "date-time", "maxLength": 40},
        "subject": {"type": "string", "maxLength": 128},
        "dataschema": {"type": "string", "pattern": r"^urn:tourism:schema:[a-z0-9.:]{1,100}\Z"},
        "datacontenttype": {"const": "application/json"},
        "tenantid": {"type": "string", "maxLength": 40},
        "tenantkind": {"type": "string", "pattern": r"^[a-z]{3,20}\Z"},
        "district": {"type": "string", "pattern": r"^[0-9]{6}\Z"},
        "piiclass": {"enum": ["p0", "p1"]},
        "status": {"enum": ["actual", "exercise", "test"]},
        "recordedtime": {"type": "string", "format": "date-time", "maxLength": 40},
        "sequence": {"type": "string", "pattern": r"^[0-9]{1,20}\Z"},
        "dueby": {"type": "string", "format": "date-time", "maxLength": 40},
        "corrects": {"type": "string", "pattern": r"^[A-Za-z0-9_.:-]{1,64}\Z"},
        "prevhash": {"type": "string", "pattern": r"^[0-9a-f]{64}\Z"},
        "data": {"type": "object"},
    },
}


@dataclass(frozen=True)
class Contract:
    """What one type of event promises. ``kinds``: who may say it; empty: every kind."""

    type: str
    kinds: frozenset[str]
    lane: str
    piiclass: str
    due: timedelta | None
    summary: str
    schema: Mapping[str, Any]
    catalogue: str = ""

    def sayable_by(self, kind: str) -> bool:
        """Whether tenants of this kind may say it."""
        return not self.kinds or kind in self.kinds

    @cached_property
    def check(self) -> Callable[[Any], Any]:
        """The compiled check of ``data`` (raises ``JsonSchemaValueException``)."""
        return _compiled(self.schema)


@dataclass(frozen=True)
class Problem:
    """One thing wrong with an envelope: a public code, where, and Chinese source text."""

    code: str
    at: str
    words: str


WORDS: Mapping[str, str] = {
    "feed.personal": N_("个人信息级别过高,不允许上报。"),
    "feed.schema": N_("事件的内容不符合格式。"),
    "feed.sender.forged": N_("事件所称的上报单位与登记不符。"),
    "feed.version.ahead": N_("事件版本比本系统新一版,已暂存,升级后补收。"),
    "feed.type.unknown": N_("不认识这种事件类型或版本。"),
    "feed.time.future": N_("事件的发生时间在未来。"),
    "": N_("事件没有被接收。"),
}
"""What a code that comes from elsewhere says, as Chinese source text; empty: any other code."""


class BrokenContract(RuntimeError):
    """An ``events.json`` that cannot be used. Found at start and by the checks, never by a visitor."""


def read_contracts(files: Iterable[tuple[Path, str]]) -> dict[str, Contract]:
    """The contracts in ``files``, each given with its owner (a kind; empty: the core). Raises
    ``BrokenContract``.
    """
    found: dict[str, Contract] = {}
    joined: dict[str, set[str]] = {}
    for path, owner in files:
        for name, entry in json.loads(path.read_text("utf-8")).items():
            if set(entry) == {"kinds"}:
                joined.setdefault(name, set()).update(entry["kinds"])
            elif name in found:
                raise BrokenContract(f"{name} is declared twice")
            else:
                found[name] = _contract(name, entry, owner)
    for name, kinds in joined.items():
        if name not in found:
            raise BrokenContract(f"{name} has kinds that may say it and no contract")
        if found[name].kinds:  # what every kind may say already needs nobody to join
            found[name] = replace(found[name], kinds=found[name].kinds | kinds)
    return found


def _contract(name: str, entry: Mapping[str, Any], owner: str) -> Contract:
    try:
        due = entry["due_minutes"]
        return Contract(
            type=name,
            kinds=frozenset(entry.get("kinds", [owner] if owner else [])),
            lane=entry["lane"],
            piiclass=entry["piiclass"],
            due=None if due is None else timedelta(minutes=due),
            summary=entry["summary"],
            schema=entry["schema"],
            catalogue=entry.get("catalogue", ""),
        )
    except KeyError as missing:
        raise BrokenContract(f"{name} lacks {missing}") from missing


@cache
def contracts() -> Mapping[str, Contract]:
    """Every contract of this installation, by type."""
    root = Path(__file__).parents[2]
    modules = [(path, path.parent.name) for path in sorted(root.glob("tenants/*/events.json"))]
    core = [(path, "") for path in sorted(root.glob("chalicelib/*/events.json"))]
    return read_contracts([*core, *modules])


def problems(envelope: Any, *, tenant: Tenant | None, now: datetime) -> list[Problem]:
    """What is wrong with ``envelope`` when ``tenant`` is said to have sent it; nothing: an empty
    list.

    ``tenant`` is whom the directory knows under the sender's id (None: nobody). The order is from
    the outside in; the first finding ends the walk, because what follows could only repeat it.
    """
    return [problem for problem in [_first(envelope, tenant, now)] if problem is not None]


def _first(envelope: Any, tenant: Tenant | None, now: datetime) -> Problem | None:
    if isinstance(envelope, Mapping) and envelope.get("piiclass") not in {"p0", "p1"}:
        return Problem("feed.personal", "piiclass", N_("个人信息级别过高,不允许上报。"))
    if (wrong := _violation(_envelope_check(), envelope)) is not None:
        return Problem("feed.schema", wrong, N_("事件的信封不符合格式。"))
    if tenant is None:
        return Problem("feed.sender.unknown", "tenantid", N_("不认识这个上报单位。"))
    source = f"/tenants/{tenant.slug}/{tenant.kind}"
    for at, said, known in (
        ("tenantid", envelope["tenantid"], tenant.id),
        ("tenantkind", envelope["tenantkind"], tenant.kind),
        ("source", envelope["source"], source),
    ):
        if said != known:
            return Problem("feed.sender.forged", at, N_("事件所称的上报单位与登记不符。"))
    return _unkept(envelope, tenant) or _untimely(envelope, now)


def _unkept(envelope: Mapping[str, Any], tenant: Tenant) -> Problem | None:
    contract = contracts().get(envelope["type"])
    if contract is None:
        return _unknown(envelope["type"])
    if not contract.sayable_by(tenant.kind):
        return Problem("feed.sender.forged", "type", N_("这类单位不能上报这种事件。"))
    if envelope["piiclass"] > contract.piiclass:
        return Problem("feed.personal", "piiclass", N_("个人信息级别过高,不允许上报。"))
    if (wrong := _violation(contract.check, envelope["data"])) is not None:
        return Problem("feed.schema", f"data.{wrong}" if wrong else "data", N_("事件的内容不符合格式。"))
    if envelope.get("corrects") == envelope["id"]:
        return Problem("feed.schema", "corrects", N_("事件不能更正它自己。"))
    return None


def _unknown(type: str) -> Problem:
    stem, _, version = type.rpartition(".v")
    if int(version) > 1 and f"{stem}.v{int(version) - 1}" in contracts():
        return Problem("feed.version.ahead", "type", N_("事件版本比本系统新一版,已暂存,升级后补收。"))
    return Problem("feed.type.unknown", "type", N_("不认识这种事件类型或版本。"))


def _untimely(envelope: Mapping[str, Any], now: datetime) -> Problem | None:
    for at in ("time", "recordedtime", "dueby"):
        if at in envelope:
            try:
                instant = parse_instant(envelope[at])
            except ValueError:
                return Problem("feed.schema", at, N_("事件的时间无法读取。"))
            if at == "time" and instant > now + AHEAD:
                return Problem("feed.time.future", at, N_("事件的发生时间在未来。"))
    return None


def _violation(check: Callable[[Any], Any], value: Any) -> str | None:
    """Where ``value`` breaks its schema, as a dotted path without the root; None when it does not."""
    import fastjsonschema

    try:
        check(value)
    except fastjsonschema.JsonSchemaValueException as error:
        at = ".".join(str(step) for step in error.path[1:])
        if error.rule == "required" and isinstance(error.value, Mapping):
            lacking = sorted(set(error.rule_definition) - set(error.value))
            at = ".".join(filter(None, (at, lacking[0])))
        return at[:200]
    return None


@cache
def _envelope_check() -> Callable[[Any], Any]:
    return _compiled(ENVELOPE)


def _compiled(schema: Mapping[str, Any]) -> Callable[[Any], Any]:
    import fastjsonschema  # at first use: the site's functions do not validate events

    # Generated code answers in microseconds; an interpreting validator took a quarter of a
    # millisecond an event.
    made: Callable[[Any], Any] = fastjsonschema.compile(dict(schema), use_default=False)
    return made


_PERSONAL = re.compile(
    r"(^|_)(name|fullname|realname|surname|guestname|visitorname|contact|phone|mobile|tel|telephone|email|mail"
    r"|wechat|openid|idnumber|idcard|idno|document|documentnumber|passport|certificate|birth|birthday|birthdate"
    r"|dateofbirth|address|plate|face|photo|portrait|fingerprint|iris|health|location|latitude|longitude|track)($|_)"
)


def personal_fields(schema: Mapping[str, Any], *, at: str = "data") -> Iterator[str]:
    """Paths in a schema whose names look like one person's data: none may stand in a contract.

    A field is also caught when it is open (``additionalProperties`` true or absent on an object
    with named fields): what is not named cannot be kept out.
    """
    fields = schema.get("properties")
    if schema.get("type") == "object" and schema.get("additionalProperties", True) is True:
        yield f"{at} (open)"
    for name, part in (fields or {}).items():
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        if _PERSONAL.search(words) or _PERSONAL.search(words.replace("_", "")):
            yield f"{at}.{name}"
        yield from personal_fields(part, at=f"{at}.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), Mapping):
            yield from personal_fields(schema[key], at=f"{at}[]")
