"""What the second source, TL-LSTM (Rahman et al.), claims, and what decides it."""

from swgw.claims.rules import Band, Claim
from swgw.transfer.claims import FRACTION, MARGIN

GROUP, PAGE = "Transfer learning", "06_transfer"
BETTER, WORSE = Band(low=0), Band(high=0)
WHERE = "“What we found”"

TRANSFER = (
    Claim(
        "transfer_level", GROUP, "NSE 0.92 and 0.91",
        "One month ahead, the mean NSE over wells is 0.92 (IT-LSTM) and 0.91 (TL-LSTM).",
        WHERE, "0.92, 0.91",
        "the mean NSE over wells", BETTER, "fig-transfer-scores", PAGE, over="well", own=False,
    ),
    Claim(
        "transfer_alike", GROUP, "TL-LSTM as good as IT-LSTM",
        "A network of the wells' mean, fine-tuned to a well, forecasts it as well as one that was "
        "trained for this well.",
        WHERE, "−0.01",
        "the median over wells of the difference in NSE, TL-LSTM less IT-LSTM,",
        Band(-MARGIN, MARGIN), "fig-transfer-differences", PAGE,
        over="well",
    ),
    Claim(
        "transfer_machines", GROUP, "LSTM before SVR and forest",
        "Both LSTMs forecast heads better than support vector regression and random forest.",
        WHERE, "“significantly more accurate”",
        "the median over wells of the difference in NSE", BETTER,
        "fig-transfer-differences", PAGE,
        over="well",
    ),
    Claim(
        "transfer_time", GROUP, "a fraction of the time",
        "To develop TL-LSTM for all wells takes a fraction of the time of IT-LSTM.",
        WHERE, "“only a fraction”",
        "the share of IT-LSTM's processor time", Band(high=FRACTION), "fig-transfer-time", PAGE,
        exact="the share of IT-LSTM's processor time is below 0.5; contradicted if it is above 1",
    ),
    Claim(
        "transfer_weeks", GROUP, "from weeks to minutes",
        "Development shrinks from potentially weeks to minutes for each new well.",
        WHERE, "“weeks”, “minutes”",
        "the time of a person at work, which nobody measured", BETTER, "fig-transfer-time", PAGE,
        own=False,
    ),
    Claim(
        "transfer_hills", GROUP, "worse at the hilly well",
        "Transfer costs more at a well in the hills than at the others.",
        "“Challenges and the road ahead”", "“slightly lower”",
        "the difference in NSE at that well, TL-LSTM less IT-LSTM, less its median over the others",
        WORSE, "fig-transfer-likeness", PAGE, ("wells:3", "well:slope"),
    ),
    Claim(
        "transfer_unlike", GROUP, "fails where wells differ",
        "The less a well is like the others, the more transfer costs it.",
        "“Challenges and the road ahead”", "",
        "the rank correlation over wells of likeness to the mean and difference in NSE", BETTER,
        "fig-transfer-likeness", PAGE, ("wells:3",),
        over="well",
    ),
)  # fmt: skip
"""In the order of the source."""
