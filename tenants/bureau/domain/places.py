"""The districts of Zhengzhou as tiles: a cartogram of our own, six columns by four rows of hexagons.

Each division (GB/T 2260; 41017x are statistical functional zones) has one tile of the same size, placed so
that neighbours and directions are about right. It is a picture to find a district in, not a map.
"""

from chalicelib.kernel.errors import N_
from chalicelib.kernel.late import dataclass


@dataclass(frozen=True, kw_only=True)
class Tile:
    """Where a district's hexagon lies: column and row, odd rows half a tile to the right."""

    code: str
    name: str
    column: int
    row: int


def _tile(code: str, name: str, column: int, row: int) -> Tile:
    return Tile(code=code, name=name, column=column, row=row)


TILES: tuple[Tile, ...] = (
    _tile("410106", N_("上街"), 1, 0),
    _tile("410172", N_("高新"), 2, 0),
    _tile("410108", N_("惠济"), 3, 0),
    _tile("410181", N_("巩义"), 0, 1),
    _tile("410182", N_("荥阳"), 1, 1),
    _tile("410102", N_("中原"), 2, 1),
    _tile("410105", N_("金水"), 3, 1),
    _tile("410122", N_("中牟"), 4, 1),
    _tile("410185", N_("登封"), 1, 2),
    _tile("410183", N_("新密"), 2, 2),
    _tile("410103", N_("二七"), 3, 2),
    _tile("410104", N_("管城"), 4, 2),
    _tile("410171", N_("经开"), 5, 2),
    _tile("410184", N_("新郑"), 2, 3),
    _tile("410173", N_("航空港"), 3, 3),
)

ROWS, COLUMNS = 4, 6
