"""Transfer learning from the mean of the wells to each of them, and what it stands beside.

TL-LSTM is the second source of the book: monthly heads, one month ahead, one network pre-trained
on the mean of the wells and fine-tuned for each. Nothing here needs torch before a competitor is
trained.
"""
