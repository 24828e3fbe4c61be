"""The columns of ``account_day``: all that a decision about an account may look at, each with its unit.

``KEYS`` say which account it is; conditions cannot use them. ``COLUMNS`` are what strategies, reasons and examples
may use. Days are counted to the day of the snapshot: ``last_attempt_days_ago`` 1 means yesterday. A column is
NULL where it is unknown or where there is nothing (no promise, no stage); counts and yes-or-no columns are NULL
only where nobody could know.
"""

from __future__ import annotations

from tideover.core.policy.conditions import Column


def _column(name: str, unit: str, en: str, zh: str, values: tuple[str, ...] | None = None) -> Column:
    return Column(name, unit, {"en": en, "zh-Hans": zh}, values)


GRADES = ("seldom", "sometimes", "often", "unknown")
"""The grades of ``policy/grades/roll.yaml``, and that nothing can be said."""

KEYS: tuple[tuple[str, str], ...] = (
    ("account_id", "BIGINT"),
    ("customer_id", "BIGINT"),
    ("person_id", "BIGINT"),
    ("case_id", "BIGINT"),
    ("client_id", "BIGINT"),
    ("collector_id", "BIGINT"),
)
"""Whose account it is: name and DuckDB type. ``case_id`` and ``collector_id`` (the case's owner) may be NULL."""

COLUMNS: tuple[Column, ...] = (
    _column("day", "date", "day", "日期"),
    # The account
    _column("product", "text", "product", "产品"),
    _column("currency", "text", "currency", "币种"),
    _column("mandate", "text", "mandate", "委托性质"),
    _column("owed_amount", "money", "owed now", "当前应还"),
    _column("dpd", "days", "days past due", "逾期天数"),
    _column("dpd_basis", "text", "how the days past due are known", "逾期天数来源"),
    _column("account_age_days", "days", "days since the account was opened", "开户天数"),
    _column("placed", "boolean", "is placed with us", "在委"),
    _column(
        "gone_unexplained", "boolean", "the lender's last full file no longer carries it", "最近全量文件中已无此账户"
    ),
    _column("instalments_unpaid_count", "count", "instalments due and unpaid", "已到期未还期数"),
    _column("batch_days_left", "days", "days until the batch ends", "距批次到期天数"),
    # How accounts on the same path went on: a month ago they stood where this one stands now
    _column("roll_path", "text", "instalments unpaid at three months' ends", "近三个月末未还期数轨迹"),
    _column("roll_accounts_count", "count", "the client's accounts seen on that path", "相同轨迹账户数"),
    _column("roll_share", "share", "share of them that had more unpaid a month later", "其中一个月后恶化的比例"),
    _column("grade", "text", "how often accounts on the path got worse", "同轨迹恶化程度", GRADES),
    _column("failed_debit_days_ago", "days", "days since a direct debit failed", "距上次扣款失败天数"),
    # The customer's other contracts at this client (二次订单)
    _column("other_contracts_open_count", "count", "other contracts that run", "其他在用合同数"),
    _column("other_contracts_finished_count", "count", "other contracts that were repaid", "已结清合同数"),
    _column("other_instalments_paid_count", "count", "instalments paid on them", "其他合同已还期数"),
    _column("other_instalments_late_count", "count", "of those, paid late", "其中逾期还款期数"),
    # The case and the ladder
    _column("has_case", "boolean", "is in an open case", "有未结案件"),
    _column("has_collector", "boolean", "the case has a collector", "案件已有催收员"),
    _column("case_age_days", "days", "days since the case was opened", "案件天数"),
    _column("stage", "text", "stage", "阶段"),
    _column("stage_age_days", "days", "days in the stage that count", "阶段内计入天数"),
    _column("stage_deadline_date", "date", "deadline of the stage", "阶段期限"),
    _column("stage_deadline_days_left", "days", "days until the stage's deadline", "距阶段期限天数"),
    _column("stage_late", "boolean", "the stage's deadline was missed", "阶段已超期"),
    _column("stage_attempts_count", "count", "attempts in the stage", "本阶段联系次数"),
    _column("stage_contacts_count", "count", "contacts in the stage", "本阶段接通次数"),
    _column("stage_right_party_count", "count", "talks with the customer in the stage", "本阶段本人接通次数"),
    # What was tried and reached, over all the customer's accounts at this client
    _column("attempts_count_7d", "count", "attempts in seven days", "七日内联系次数"),
    _column("contacts_count_7d", "count", "contacts in seven days", "七日内接通次数"),
    _column("calls_unanswered_in_a_row", "count", "unanswered calls in a row", "连续未接次数"),
    _column("last_attempt_days_ago", "days", "days since the last attempt", "距上次联系天数"),
    _column("last_contact_days_ago", "days", "days since the last contact", "距上次接通天数"),
    _column("last_right_party_days_ago", "days", "days since the customer was spoken to", "距上次与本人通话天数"),
    _column("first_contact_done", "boolean", "the customer was spoken to in this case", "本案已与本人通话"),
    # What the customer said
    _column("promise_open", "boolean", "a promise is open", "有未到期承诺"),
    _column("promise_amount", "money", "amount promised", "承诺金额"),
    _column("promise_due_date", "date", "day the promise is due", "承诺还款日"),
    _column("promise_due_in_days", "days", "days until the promise is due", "距承诺还款日天数"),
    _column("promise_broken", "boolean", "a promise was broken and not yet talked about", "承诺跳票且尚未跟进"),
    _column("promise_broken_days_ago", "days", "days since the last promise was broken", "距上次跳票天数"),
    _column("promises_broken_count", "count", "promises broken in the case", "本案跳票次数"),
    _column("call_back_at", "instant", "when a call that was asked for is due", "约定回电时间（尚未回电）"),
    _column("call_back_date", "date", "day on which a call that was asked for is due", "约定回电日期（尚未回电）"),
    # What stops or hinders contact
    _column("dispute_open", "boolean", "held for a dispute", "因异议暂停"),
    _column("hardship_open", "boolean", "held for hardship", "因困难暂停"),
    _column("payment_claimed_open", "boolean", "held: says it was paid", "因自称已还款暂停"),
    _column("complaint_open", "boolean", "held for a complaint", "因投诉暂停"),
    _column("collector_complained_of", "boolean", "the case's collector is complained of", "案件催收员被投诉"),
    _column("claim_unproved_days_ago", "days", "days since a claimed payment was given up", "所称还款逾期未到账天数"),
    _column("hold_open", "boolean", "any hold binds collection", "存在任何暂停"),
    _column("hold_until_date", "date", "last hold ends", "暂停截止日"),
    _column("contact_point_callable", "boolean", "a usable telephone number is known", "有可拨打号码"),
    _column("contact_points_callable_count", "count", "usable telephone numbers", "可拨打号码数"),
    _column("opted_out_call", "boolean", "asked not to be called", "已要求停止致电"),
    # Where and how the customer lives
    _column("language", "text", "language", "语言"),
    _column("country", "text", "country", "国家"),
    _column("region", "text", "region", "地区"),
    _column("zone", "text", "time zone", "时区"),
    # Money that came
    _column("last_payment_days_ago", "days", "days since the last payment", "距上次还款天数"),
    _column("payments_amount_30d", "money", "paid in thirty days", "三十日内还款"),
)

GATE_COLUMNS: tuple[Column, ...] = (
    _column("calls_person_today_count", "count", "calls to the person today, by any client", "当日对本人拨打次数"),
    _column("calls_person_7d_count", "count", "calls to the person in seven days", "七日内对本人拨打次数"),
)
"""What the gate's caps count: attempts of channel ``call`` that count, to the person, over every client, on the day
and on the seven local days that end with it. Only the gate's night reads them; a reason must not tell of others."""

BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}

PARQUET: tuple[tuple[str, str], ...] = KEYS + tuple(
    (column.name, column.duckdb_type) for column in COLUMNS + GATE_COLUMNS
)
"""Every column of the file in its order, with its DuckDB type."""
