"""The claims of both sources, the rule that judges them, and the verdicts: no number of ours."""
