"""Planning: the IR of many segments → one plan with shared scans, shared aggregates and flags."""

from segdsl.planner.build import plan
from segdsl.planner.plan import Flag, Frame, Measure, Plan, Scan, ScanKey

__all__ = ["Flag", "Frame", "Measure", "Plan", "Scan", "ScanKey", "plan"]
