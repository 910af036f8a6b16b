"""Tests of the core: no fixtures, no loop, no clock."""
