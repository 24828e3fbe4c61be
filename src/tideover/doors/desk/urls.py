"""The desk's addresses."""

from __future__ import annotations

from django.urls import path

from tideover.doors.desk.assist import view as assist
from tideover.doors.desk.batches import view as batches
from tideover.doors.desk.breaks import view as breaks
from tideover.doors.desk.case import claims
from tideover.doors.desk.case import view as case
from tideover.doors.desk.certificates import view as certificates
from tideover.doors.desk.filing import view as filing
from tideover.doors.desk.holds import view as holds
from tideover.doors.desk.imports import back as file_back
from tideover.doors.desk.imports import view as imports
from tideover.doors.desk.inbound import view as inbound
from tideover.doors.desk.ladder import view as ladder
from tideover.doors.desk.lists import late
from tideover.doors.desk.lists import view as lists
from tideover.doors.desk.payments import view as payments
from tideover.doors.desk.reassign import view as reassign
from tideover.doors.desk.stops import view as stops
from tideover.doors.desk.team import view as team
from tideover.doors.desk.today import listed as today_listed
from tideover.doors.desk.today import unreachable as today_unreachable
from tideover.doors.desk.today import view as today
from tideover.doors.desk.why import view as why
from tideover.doors.desk.work import view as work

urlpatterns = [
    path("today", today.today, name="today"),
    path("today/<slug:stage>", today_listed.listed, name="today-stage"),
    path("unreachable", today_unreachable.unreachable, name="unreachable"),
    path("certificates", certificates.certificates, name="certificates"),
    path("certificates/issue", certificates.issue, name="certificate-issue"),
    path("certificates/<int:certificate_id>/revoke", certificates.revoke, name="certificate-revoke"),
    path("cases/<int:case_id>/assist", assist.grant, name="assist-grant"),
    path("cases/<int:case_id>/assist/<int:assist_id>/end", assist.end, name="assist-end"),
    path("late", late.late, name="late"),
    path("cases", lists.cases, name="cases"),
    path("reassign", reassign.reassign, name="reassign"),
    path("reassign/preview", reassign.preview, name="reassign-preview"),
    path("reassign/do", reassign.do, name="reassign-do"),
    path("reassign/<int:reassignment_id>/undo", reassign.undo, name="reassign-undo"),
    path("team", team.team, name="team"),
    path("team/<int:user_id>", team.member, name="team-member"),
    path("team/<int:user_id>/leave", team.leave, name="team-leave"),
    path("team/<int:user_id>/leave/<int:leave_id>/withdraw", team.withdraw, name="team-leave-withdraw"),
    path("team/<int:user_id>/days", team.days, name="team-days"),
    path("team/<int:user_id>/ceilings", team.ceilings, name="team-ceilings"),
    path("team/<int:user_id>/leaving", team.leaving, name="team-leaving"),
    path("team/<int:user_id>/cover", team.cover, name="team-cover"),
    path("team/<int:user_id>/return", team.give_back, name="team-return"),
    path("work", work.work, name="work"),
    path("work/next", work.next_case, name="work-next"),
    path("cases/<int:case_id>", case.case, name="case"),
    path("cases/<int:case_id>/call", case.call_news, name="case-call"),
    path("cases/<int:case_id>/dial", case.dial, name="case-dial"),
    path("cases/<int:case_id>/line", case.line, name="case-line"),
    path("cases/<int:case_id>/party", case.party, name="case-party"),
    path("cases/<int:case_id>/proof", claims.proof, name="case-proof"),
    path("cases/<int:case_id>/record", case.record, name="case-record"),
    path("cases/<int:case_id>/review", case.review, name="case-review"),
    path("cases/<int:case_id>/why", why.why, name="why"),
    path("inbound", inbound.inbound, name="inbound"),
    path("inbound/take", inbound.take, name="inbound-take"),
    path("imports", imports.imports, name="imports"),
    path("imports/trial", imports.trial, name="import-trial"),
    path("imports/decide", imports.decide, name="import-decide"),
    path("imports/back", file_back.file_back, name="import-back"),
    path("imports/<int:import_id>", imports.one_import, name="import"),
    path("imports/<int:import_id>/set-aside", imports.set_aside, name="import-set-aside"),
    path("imports/<int:import_id>/quarantine.csv", imports.quarantine, name="import-quarantine"),
    path("payments", payments.payments, name="payments"),
    path("payments/failed-debit", payments.failed_debit, name="payments-failed-debit"),
    path("payments/<int:payment_id>/take-back", payments.take_back, name="payment-take-back"),
    path("stops", stops.stops, name="stops"),
    path("stops/<int:stop_id>/acknowledge", stops.acknowledge, name="stop-acknowledge"),
    path("holds", holds.holds, name="holds"),
    path("holds/<int:hold_id>/proof", holds.proof, name="hold-proof"),
    path("holds/<int:hold_id>/lift", holds.lift, name="hold-lift"),
    path("batches", batches.batches, name="batches"),
    path("batches/<int:batch_id>", batches.batch, name="batch"),
    path("cases/<int:case_id>/retain", batches.ask, name="case-retain"),
    path("retentions/<int:retention_id>/decide", batches.decide, name="retention-decide"),
    path("breaks", breaks.breaks, name="breaks"),
    path("missing", filing.missing, name="missing"),
    path("files/<int:account_id>", filing.file, name="file"),
    path("ladder", ladder.ladder, name="ladder"),
]
