"""Tests of the pacing policies, on drawn scenes and in a small world."""
