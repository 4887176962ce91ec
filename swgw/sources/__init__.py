"""Public data sets, each turned into the folder of a basin by its ``fetch(folder)``."""
