"""Routing rules of inbound calls, every version that was applied."""

from __future__ import annotations

from typing import Any

import peewee as pw


class RouteVersion(pw.Model):
    id = pw.AutoField()
    text = pw.TextField()
    routes = pw.TextField()
    applied_at = pw.BigIntegerField()
    applied_by = pw.TextField()
    of_version = pw.IntegerField(null=True)

    class Meta:
        table_name = "route_version"


def up(migrator: object, db: Any) -> None:
    """Make the table."""
    with db.bind_ctx([RouteVersion]):
        db.create_tables([RouteVersion], safe=False)
