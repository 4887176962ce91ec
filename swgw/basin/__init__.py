"""The folder of a basin: its contract, its check, and its series on one calendar."""
