"""The code book in DynamoDB: pk ``CODES``, sk the property."""

import json

from pynamodb.attributes import NumberAttribute, UnicodeAttribute

from chalicelib.persistence.table import Row, tenant_key
from chalicelib.persistence.unit_of_work import UnitOfWork
from tenants.hotel.domain.codes import Codes


class CodesRow(Row, discriminator="hotel-codes"):
    """Our ids by the codes of systems outside."""

    body = UnicodeAttribute()
    version = NumberAttribute()


class CodeStore:
    """The ``CodeBook`` port."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work

    def read(self, site: str) -> Codes:
        row = CodesRow.find(tenant_key("CODES"), site)
        if row is None:
            return Codes(site=site)
        body = json.loads(row.body)
        return Codes(site=site, types=body["types"], plans=body["plans"], version=int(row.version))

    def keep(self, codes: Codes) -> None:
        body = json.dumps({"types": dict(codes.types), "plans": dict(codes.plans)}, ensure_ascii=False)
        row = CodesRow(tenant_key("CODES"), codes.site, body=body, version=codes.version)
        before = codes.version - 1
        self._work.put(row, CodesRow.pk.does_not_exist() if before == 0 else CodesRow.version == before)
        self._work.about(codes.site)
