"""Figures that several pages draw: series and intervals, maps and schemes, one style."""
