"""Transfer learning from the mean of the wells to each of them (TL-LSTM), and what it stands beside.

The second source of the book is Rahman et al. (Hydrological Sciences Journal, 2025): monthly heads,
one month ahead, one network pre-trained on the mean of the wells and fine-tuned for each. Nothing
here needs torch before a competitor is trained.
"""
