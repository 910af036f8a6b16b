"""Trunks and their prices, what each leg cost, spending caps with running sums, the emergency
stop."""

from __future__ import annotations

from typing import Any

import peewee as pw


class Trunk(pw.Model):
    id = pw.AutoField()
    name = pw.TextField(unique=True)
    enabled = pw.BooleanField()
    settings = pw.TextField()
    connection = pw.TextField()
    revision = pw.IntegerField()
    created_at = pw.BigIntegerField()
    changed_at = pw.BigIntegerField()


class TrunkRate(pw.Model):
    trunk = pw.ForeignKeyField(Trunk, index=False)
    prefix = pw.TextField()
    price = pw.BigIntegerField()
    currency = pw.TextField()
    fee = pw.BigIntegerField()
    first_s = pw.IntegerField()
    next_s = pw.IntegerField()
    is_literal = pw.BooleanField()
    destination = pw.TextField()

    class Meta:
        table_name = "trunk_rate"
        primary_key = pw.CompositeKey("trunk", "prefix")


class SpendingCap(pw.Model):
    scope = pw.TextField()
    subject_id = pw.IntegerField()
    period = pw.TextField()
    currency = pw.TextField()
    amount = pw.BigIntegerField()

    class Meta:
        table_name = "spending_cap"
        primary_key = pw.CompositeKey("scope", "subject_id", "period", "currency")


class Spending(pw.Model):
    scope = pw.TextField()
    subject_id = pw.IntegerField()
    currency = pw.TextField()
    hour_at = pw.BigIntegerField()
    spent = pw.BigIntegerField()
    held = pw.BigIntegerField()

    class Meta:
        primary_key = pw.CompositeKey("scope", "subject_id", "currency", "hour_at")


class Standstill(pw.Model):
    id = pw.IntegerField(primary_key=True)
    since_at = pw.BigIntegerField()
    reason = pw.TextField()


TABLES = [Trunk, TrunkRate, SpendingCap, Spending, Standstill]

LEG_COLUMNS = (
    *("trunk_id INTEGER", "caller_id TEXT", "answered_at BIGINT", "ended_at BIGINT"),
    *("cause SMALLINT", "sip_code SMALLINT", "prefix TEXT", "price BIGINT", "currency TEXT"),
    *("fee BIGINT", "first_s INTEGER", "next_s INTEGER", "is_literal BOOLEAN", "held BIGINT"),
    *("billed_s INTEGER", "cost BIGINT"),
)
INDEX = "CREATE INDEX trunk_rate_prefix ON trunk_rate (prefix)"


def up(migrator: object, db: Any) -> None:
    """Make the tables; legs and attempts that exist stay as they are, without a trunk or a cost."""
    with db.bind_ctx(TABLES):
        db.create_tables(TABLES, safe=False)
    for column in LEG_COLUMNS:
        db.execute_sql(f"ALTER TABLE leg ADD COLUMN {column}")
    db.execute_sql("ALTER TABLE attempt ADD COLUMN cost BIGINT")
    db.execute_sql("ALTER TABLE attempt ADD COLUMN currency TEXT")
    db.execute_sql(INDEX)
