"""Numbers about arrays: skill, intervals, correlation. Nothing here knows a basin."""

from swgw.scores import paper as paper
