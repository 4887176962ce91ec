"""What is written and how work is done: errors, whole files, results that are kept, jobs."""
