"""Table 2 and everything else that is computed for a book, and the study that opens it."""
