"""The lake in the bureau's files: what of a day landed, in which files, and the catalogue over all days.

``lake/<set>/…`` hold the rows; ``lake/days/<day>.json`` says which files of the day count and what landed of
each sender. It is written after the files, so a run that is cut off has changed nothing that is read, and
the next run writes the same files again. Readers take the files that the days name, never what they find.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import Any

from chalicelib.kernel.late import dataclass
from chalicelib.kernel.period import Period, rfc3339
from chalicelib.persistence.files import files
from tenants.bureau.domain.figures import STANDING
from tenants.bureau.domain.lake import SETS, LakeSet, Row, SetName, Slot
from tenants.bureau.usecases.landing import Held, Slots, Told

_INDEX = "lake/index.json"
_WHOLE = "day"
_HELD = ("rows", "types", "files", "bytes", "landed", "through", "compacted")


@dataclass(kw_only=True)
class Manifest:
    """One day: ``told`` by sender, and its files by name with their rows and bytes; ``leaving``: files that
    no longer count and must still be removed. ``since``, ``until``: the first and the last day that its
    gauges speak of."""

    told: dict[str, dict[str, int]] = field(default_factory=dict)
    files: dict[str, dict[str, int]] = field(default_factory=dict)
    leaving: list[str] = field(default_factory=list)
    landed: str = ""
    through: str = ""
    since: str = ""
    until: str = ""


class LakeStore:
    """The ``Lake`` port."""

    def landed(self, day: date) -> Told:
        """See the port."""
        return _manifest(day).told

    def replace(self, *, day: date, slots: Slots, told: Told, over: bool, now: datetime) -> None:
        """See the port."""
        manifest = _manifest(day)
        for of in SETS:
            targets: dict[str, dict[Slot, list[Row]]] = {}  # hours of a day that is over share a file
            for place, inside in _placed(of, day, slots).items():
                targets.setdefault(self._target(manifest, of, place, over=over), {}).update(inside)
            for name, inside in targets.items():
                self._merge(manifest, of, name, inside)
        manifest.told.update({sender: dict(counters) for sender, counters in told.items()})
        rows = [row for sets in slots.values() for row in sets["events"]]
        manifest.through = max([manifest.through, *(str(row["received"]) for row in rows)])
        spoken = [row["about"].isoformat() for sets in slots.values() for row in sets["gauges"]]
        spoken = [day for day in spoken if day != STANDING.isoformat()]
        manifest.since = min([*filter(None, [manifest.since]), *spoken], default="")
        manifest.until = max([manifest.until, *spoken])
        self._keep(day, manifest, now=now)

    def compact(self, *, day: date, now: datetime) -> bool:
        """See the port."""
        from tenants.bureau.store.lake import parquet

        manifest = _manifest(day)
        parts: dict[str, list[str]] = defaultdict(list)
        for name in manifest.files:
            parts[name.rpartition("/")[0]].append(name)
        split = {place: names for place, names in parts.items() if len(names) > 1 or not _is_whole(names[0])}
        for place, names in split.items():
            of = _set_of(place)
            tables = [parquet.read(_content(name)) for name in sorted(names)]
            whole = f"{place}/{_WHOLE}.parquet"
            self._write(
                manifest, whole, parquet.written(of, tables), rows=sum(one.num_rows for one in tables)
            )
            for name in names:
                if name != whole:
                    del manifest.files[name]
                    manifest.leaving.append(name)
        if split or manifest.leaving:
            self._keep(day, manifest, now=now)
        return bool(split)

    def held(self) -> Sequence[Held]:
        """See the port."""
        index = json.loads(files().get(_INDEX) or b"{}")
        return [
            Held(day=date.fromisoformat(day), **{name: one[name] for name in _HELD})
            for day, one in sorted(index.items(), reverse=True)
        ]

    def paths(self, of: SetName, period: Period | None = None) -> list[str]:
        """Where on this computer the files of a set lie, of these days or of all.

        For gauges also those of earlier and later days that may speak of the period.
        """
        kept = files()
        return [str(kept.fetched(name)) for name in self._names(of, period)]

    def _names(self, of: SetName, period: Period | None) -> Iterator[str]:
        index = json.loads(files().get(_INDEX) or b"{}")
        for text, one in sorted(index.items()):
            day = date.fromisoformat(text)
            inside = period is None or day in period
            if inside or (of == "gauges" and _speaks(one, period)):
                manifest = _manifest(day)
                yield from (name for name in sorted(manifest.files) if name.startswith(f"lake/{of}/"))

    def _target(self, manifest: Manifest, of: LakeSet, place: str, *, over: bool) -> str:
        """The file that a slot's rows go to: the hour's, or the day's where there is one already."""
        home, _, hour = place.rpartition("#")
        whole = f"{home}/{_WHOLE}.parquet"
        hourly = "type" in of.partitions
        split = any(name.startswith(f"{home}/hour-") for name in manifest.files)
        if not hourly or whole in manifest.files or (over and not split):
            return whole
        return f"{home}/hour-{int(hour):02d}.parquet"

    def _merge(
        self, manifest: Manifest, of: LakeSet, name: str, inside: Mapping[Slot, Sequence[Row]]
    ) -> None:
        from tenants.bureau.store.lake import parquet

        new = parquet.table(of, [row for rows in inside.values() for row in rows])
        parts = [new]
        if name in manifest.files:
            parts.insert(0, parquet.without(parquet.read(_content(name)), inside))
        rows = sum(part.num_rows for part in parts)
        if rows:
            self._write(manifest, name, parquet.written(of, parts), rows=rows)

    def _write(self, manifest: Manifest, name: str, body: bytes, *, rows: int) -> None:
        files().put(name, body)
        manifest.files[name] = {"rows": rows, "bytes": len(body)}
        if name in manifest.leaving:
            manifest.leaving.remove(name)

    def _keep(self, day: date, manifest: Manifest, *, now: datetime) -> None:
        manifest.landed = rfc3339(now)
        # The index first: a day that it names and that says nothing yet is read as empty, and landed again.
        index = json.loads(files().get(_INDEX) or b"{}")
        index[day.isoformat()] = _summary(manifest)
        files().put(_INDEX, _json(index))
        _save(day, manifest)
        if manifest.leaving:
            for name in manifest.leaving:
                files().drop(name)
            manifest.leaving = []
            _save(day, manifest)


def _placed(of: LakeSet, day: date, slots: Slots) -> dict[str, dict[Slot, list[Row]]]:
    """Rows by the folder and hour they belong to. A slot that has no rows left must still be taken out."""
    placed: dict[str, dict[Slot, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for slot, sets in slots.items():
        if of.partitions == ("date",):
            placed[f"lake/{of.name}/date={day}#"][slot].extend(sets[of.name])
            continue
        for row in sets[of.name]:
            home = f"lake/{of.name}/type={slot.type}/date={day}/district={row['district']}"
            placed[f"{home}#{slot.hour}"][slot].append(row)
    return placed


def _set_of(place: str) -> LakeSet:
    name = place.split("/")[1]
    return next(of for of in SETS if of.name == name)


def _is_whole(name: str) -> bool:
    return name.endswith(f"/{_WHOLE}.parquet")


def _speaks(one: Mapping[str, Any], period: Period | None) -> bool:
    """Whether a day's gauges speak of a period: night audits of the night before, rooms of nights to come."""
    if period is None or not one["since"]:
        return False
    return bool(one["since"] < period.end.isoformat() and one["until"] >= period.start.isoformat())


def _content(name: str) -> bytes:
    body = files().get(name)
    if body is None:
        raise FileNotFoundError(name)
    return body


def _manifest(day: date) -> Manifest:
    body = files().get(f"lake/days/{day}.json")
    return Manifest(**json.loads(body)) if body is not None else Manifest()


def _save(day: date, manifest: Manifest) -> None:
    files().put(f"lake/days/{day}.json", _json(vars(manifest)))


def _summary(manifest: Manifest) -> dict[str, Any]:
    rows = dict.fromkeys((of.name for of in SETS), 0)
    types: dict[str, int] = defaultdict(int)
    for name, one in manifest.files.items():
        of = _set_of(name).name
        rows[of] += one["rows"]
        if of == "events":
            types[name.split("/")[2].removeprefix("type=")] += one["rows"]
    return {
        "rows": rows,
        "types": types,
        "files": len(manifest.files),
        "bytes": sum(one["bytes"] for one in manifest.files.values()),
        "landed": manifest.landed,
        "through": manifest.through,
        "since": manifest.since,
        "until": manifest.until,
        "compacted": all(_is_whole(name) for name in manifest.files),
    }


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
