"""Numbers about arrays: skill, intervals, correlation. Nothing here knows a basin."""
