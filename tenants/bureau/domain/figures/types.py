"""The types of events that the bureau counts, by the names they are read under."""

from collections.abc import Mapping

PROFILE = "tourism.operator.profile.changed.v1"
CHECKED_IN = "tourism.lodging.stay.checkedin.v1"
CHECKED_OUT = "tourism.lodging.stay.checkedout.v1"
REGISTERED = "tourism.lodging.registration.reported.v1"
AVAILABILITY = "tourism.lodging.availability.changed.v1"
AUDIT = "tourism.lodging.nightaudit.closed.v1"
TICKET = "tourism.scenic.ticket.issued.v1"
ENTRY = "tourism.scenic.entry.counted.v1"
FLOW = "tourism.scenic.flow.observed.v1"
CROSSED = "tourism.scenic.capacity.crossed.v1"
STATUS = "tourism.scenic.status.changed.v1"
CONTRACT = "tourism.agency.contract.signed.v1"
GROUP = "tourism.agency.group.filed.v1"
PROGRESS = "tourism.agency.group.progressed.v1"
SETTLED = "tourism.agency.group.settled.v1"
ORDER = "tourism.commerce.order.placed.v1"
PAYMENT = "tourism.commerce.payment.settled.v1"
FULFILMENT = "tourism.commerce.fulfilment.updated.v1"
OPENED = "tourism.complaint.case.opened.v1"
PROGRESSED = "tourism.complaint.case.progressed.v1"
CASE_CLOSED = "tourism.complaint.case.closed.v1"
SURVEY = "tourism.survey.response.submitted.v1"
INCIDENT = "tourism.safety.incident.reported.v1"
INSPECTION = "tourism.safety.inspection.completed.v1"
RECTIFIED = "tourism.safety.rectification.completed.v1"
RECEIPT = "tourism.command.receipt.acknowledged.v1"
OBSERVED = "tourism.feed.delivery.observed.v1"
DISPUTED = "tourism.report.finding.disputed.v1"
DECLARED = "tourism.statistics.return.declared.v1"
CLOSED_SUFFIX = ".day.closed.v1"

CODES: Mapping[str, str] = {
    PROFILE: "U01",
    CHECKED_IN: "U03",
    CHECKED_OUT: "U04",
    REGISTERED: "U05",
    AVAILABILITY: "U06",
    AUDIT: "U07",
    TICKET: "U08",
    ENTRY: "U09",
    FLOW: "U10",
    CROSSED: "U11",
    STATUS: "U12",
    CONTRACT: "U13",
    GROUP: "U14",
    PROGRESS: "U15",
    SETTLED: "U16",
    ORDER: "U17",
    PAYMENT: "U18",
    FULFILMENT: "U19",
    OPENED: "U20",
    PROGRESSED: "U21",
    CASE_CLOSED: "U22",
    SURVEY: "U23",
    INCIDENT: "U24",
    INSPECTION: "U25",
    RECTIFIED: "U26",
    RECEIPT: "U27",
}
"""The catalogue's number of each type; delays are kept under it."""

NUMBERED: Mapping[str, str] = {code: type for type, code in CODES.items()}
