"""For anybody: is this report genuine? And the public edition of what was published."""

import re
from typing import Any

from pydantic import Field, field_validator

from chalicelib.kernel.errors import N_
from chalicelib.web.http import Answered, Asked, Call, Html, Public, endpoint, page
from tenants.bureau.routes import report_view, report_words
from tenants.bureau.routes.asked import blueprint
from tenants.bureau.routes.report_asked import reader
from tenants.bureau.store.archive import ArchiveStore
from tenants.bureau.usecases import archive
from tenants.bureau.usecases.archive import Verified

ANYBODY = Public(kind="bureau", always=True)
_SHA = re.compile(r"^[0-9a-f]{64}$")
_NO_HASH = N_("请上传文件,或输入 64 位校验值。")


class OfHash(Asked):
    """A hash, as it stands on the last page; spaces and capitals do not matter."""

    sha: str = Field(default="", max_length=200)

    @field_validator("sha")
    @classmethod
    def _plain(cls, value: str) -> str:
        return re.sub(r"[^0-9A-Za-z]", "", value).lower()


class Uploaded(Asked):
    """A file as the form's reader tells of it."""

    name: str = Field(max_length=300)
    size: int
    sha256: str


class Upload(Asked):
    file: Uploaded | None = None


class VerifiedAnswer(Answered):
    """``genuine``: the bytes with this hash were sealed, or made of what was sealed, by this bureau."""

    genuine: bool
    report: str | None = None
    form: str | None = None
    period: str | None = None
    sealed: str | None = None
    version: int | None = None
    current: bool | None = Field(default=None, description="no later version stands")


@page(blueprint, "GET", "/reports/{slug}/verify", use_case="bureau.verify", door=ANYBODY, query=OfHash)
def show_verification(call: Call) -> Html:
    """By hash."""
    return _shown(call, sha=call.query.sha)


@page(
    blueprint,
    "POST",
    "/reports/{slug}/verify",
    use_case="bureau.verify-file",
    door=ANYBODY,
    body=Upload,
    limit=4_500_000,
)
def verify_file(call: Call, body: Upload) -> Html:
    """By file: only its hash is looked at, and nothing of it is kept."""
    return _shown(call, sha=body.file.sha256 if body.file is not None else "", uploaded=True)


@endpoint(
    blueprint,
    "GET",
    "/api/v1/reports/{slug}/verify",
    use_case="bureau.verify-hash",
    door=ANYBODY,
    query=OfHash,
    answers=VerifiedAnswer,
    summary="Whether a file with this SHA-256 is a genuine report of the bureau",
)
def verify_hash(call: Call) -> VerifiedAnswer:
    """The same for programs."""
    found = _found(call, call.query.sha)
    if found is None:
        return VerifiedAnswer(genuine=False)
    return VerifiedAnswer(
        genuine=True,
        report=found.sealed.code,
        form=found.form,
        period=found.sealed.span,
        sealed=found.sealed.sealed,
        version=found.sealed.version,
        current=found.current,
    )


@page(blueprint, "GET", "/reports/{slug}/{id}", use_case="bureau.see-public-report", door=ANYBODY)
def see_public_report(call: Call) -> Html:
    """The public edition: no single enterprise, no small cells."""
    found = archive.public_edition(id=call.path["id"], shelf=ArchiveStore(call.work))
    who = reader(call)
    return Html(
        "bureau/report_public.html",
        issuer=call.tenant.name,
        report=report_view.head(found.sealed, who),
        tables=report_view.tables(found.body, who),
        verify_href=f"/reports/{call.tenant.slug}/verify",
        **_site(call),
    )


def _found(call: Call, sha: str) -> Verified | None:
    return archive.verify(sha=sha, shelf=ArchiveStore(call.work)) if _SHA.match(sha) else None


def _shown(call: Call, *, sha: str, uploaded: bool = False) -> Html:
    found = _found(call, sha)
    return Html(
        "bureau/verify.html",
        issuer=call.tenant.name,
        action=f"/reports/{call.tenant.slug}/verify",
        sha=sha,
        asked=bool(_SHA.match(sha)),
        refused=call.translate(_NO_HASH) if (sha or uploaded) and not _SHA.match(sha) else None,
        found=_view(call, found) if found is not None else None,
        **_site(call),
    )


def _view(call: Call, found: Verified) -> dict[str, Any]:
    head = report_view.head(found.sealed, reader(call))
    public = f"/reports/{call.tenant.slug}/{found.sealed.id}" if found.sealed.published else None
    return {
        **head,
        "form": report_words.FORMS[found.form],
        "current": found.current,
        "public_href": public,
    }


def _site(call: Call) -> dict[str, Any]:
    href = f"/reports/{call.tenant.slug}/verify"
    return {"site": {"name": call.tenant.name, "href": href, "slug": call.tenant.slug, "kind": "bureau"}}
