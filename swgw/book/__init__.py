"""From a study to pages: notebooks executed, rendered and collected."""
