"""Tables of the routing rules, as Peewee models."""

from __future__ import annotations

import peewee as pw

from ccdialer.storage.models.instant import InstantField


class RouteVersion(pw.Model):
    """A set of routing rules as it was applied. Never changed: the newest is in force, and to go
    back is to apply an older one again."""

    id = pw.AutoField()
    text = pw.TextField()  # as people wrote it, with their remarks
    routes = pw.TextField()  # what was read of it, JSON
    applied_at = InstantField()
    applied_by = pw.TextField()
    of_version = pw.IntegerField(null=True)  # which one it is again

    class Meta:
        table_name = "route_version"
