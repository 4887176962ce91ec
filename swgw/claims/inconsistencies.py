"""What two sources say that does not go together, or leave open, where no arithmetic decides.

The arithmetic is in :mod:`swgw.claims.audit`.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Remark:
    """Two passages that do not go together, or something left open.

    Attributes
    ----------
    topic : str
    where : str
        Sections, tables, figures.
    found : str
        What stands there, in our words.
    matters : str
        What follows for a reader, and what does not.
    """

    topic: str
    where: str
    found: str
    matters: str


REMARKS = (
    Remark(
        "all improve, one does not", "section 3.1, three places",
        "“Improves accuracy for all models” and “for all architectures” stand beside “with the "
        "exception of” the GRU, whose NSE falls from 0.51 to 0.45.",
        "Read the exception; the two sentences on all are slips of summary.",
    ),
    Remark(
        "years of the forcing", "section 2.2",
        "The weather data set is said to span 1979–2010; the test years are 2010–2012.",
        "A later version of the data set reaches further, so another version may have been used.",
    ),
    Remark(
        "steps of the forcing", "section 2.2 and Table 1",
        "Three-hourly in the text, hourly in the table.",
        "Nothing follows for daily or five-day means.",
    ),
    Remark(
        "land use", "Table 1",
        "Yearly land use at 30 m for 2001–2012 is credited to Sentinel-2, which was launched in "
        "2015 and sees 10 m.",
        "The source is likely another one; whoever repeats the study has to ask which.",
    ),
    Remark(
        "name of the entropy", "sections 3.2 and 5, Fig. 9",
        "Permutation entropy is called perturbation entropy in one paragraph.",
        "The same measure is meant.",
    ),
    Remark(
        "sign of a correlation", "section 4.2 and conclusion 5",
        "The farthest cluster has the “highest linear correlation” with runoff in one place; in "
        "another the correlation is “negative” and “more pronounced” with distance.",
        "Both hold if the size is meant in the first; the figure decides, the text does not.",
    ),
    Remark(
        "attention in training years", "section 4.1, Fig. 10",
        "The attention that is read belongs to 2008, the last training year.",
        "It shows what was fitted; whether the habit holds in years not seen is another question.",
    ),
    Remark(
        "a caption and its text", "section 4.1 and caption of Fig. 10",
        "The text says that attention tracks precipitation, the caption speaks of a mismatch.",
        "One of the two is left over from a draft.",
    ),
    Remark(
        "attention without rain", "section 4.1",
        "From October to December attention rises while precipitation falls.",
        "Nearness to the forecast is the simpler reading there, and a null for position would "
        "tell the two apart.",
    ),
    Remark(
        "tuning", "section 2.7",
        "A search is described for GRU and LSTM, none for the TFT.",
        "Differences between architectures hold differences in tuning.",
    ),
    Remark(
        "seeds and baselines", "sections 2.6 to 3",
        "No repetition with other seeds and no forecast without a network is reported.",
        "How far another seed would move a score is not known, nor what the score is worth.",
    ),
    Remark(
        "citations", "section 2.4.2",
        "The origins of LSTM and GRU are cited as [35] and [36], which are the weather data; in "
        "the list they are [43] and [44], as cited a paragraph before.",
        "A slip of numbering.",
    ),
    Remark(
        "the second source: dates", "its web page",
        "Accepted in June 2024, first online in July 2025.",
        "One of the two dates may be a misprint; nothing follows for its results.",
    ),
    Remark(
        "the second source: leakage", "its web page",
        "The mean over the basin's wells, on which the network is pre-trained, contains the wells "
        "that are forecast.",
        "It can flatter the transfer; with many wells, little. The page on transfer measures it.",
    ),
)  # fmt: skip
"""What is no arithmetic, in the order of the sources."""
