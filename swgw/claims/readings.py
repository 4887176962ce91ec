"""What Jing, Tian & Zheng (2025) read from their wells and network, and what decides it."""

from swgw.claims.rules import Band, Claim

CLUSTERS, ATTENTION = "Clusters, entropy and distance", "Attention"
DRIVERS = "What drives the waters"
POSITIVE, NEGATIVE = Band(low=0), Band(high=0)
GROUPED = ("wells:3", "som", "river")
WEAK, STRONG, MOST = 0.3, 0.5, 0.75
"""Correlations below WEAK are no pattern, above STRONG strong; MOST wells agree on a sign."""

READINGS = (
    Claim(
        "cluster_distance", CLUSTERS, "clusters follow distance",
        "The map groups the wells by their distance to the river.",
        "section 3.2, Fig. 7; conclusion 4", "",
        "the share of the distance's variance that clusters explain beyond chance", POSITIVE,
        "fig-05-distances", "02_5_som", GROUPED, ("cluster_distance",),
        over="wells",
    ),
    Claim(
        "cluster_r2", CLUSTERS, "far cluster forecast best",
        "Heads are forecast best in the cluster farthest from the river.",
        "section 3.2, Fig. 8a", "0.71 against 0.50 and 0.45",
        "the median R² of the farthest cluster less that of the other wells", POSITIVE,
        "fig-08-clusters", "03_2_groundwater", GROUPED, ("cluster_r2",),
        over="wells",
    ),
    Claim(
        "cluster_memory", CLUSTERS, "far cluster remembers longest",
        "Heads of the farthest cluster have the most autocorrelation.",
        "section 3.2, Fig. 7", "",
        "the median autocorrelation from step to step of the farthest cluster less that of the "
        "other wells", POSITIVE, "fig-07-clusters", "03_2_groundwater", GROUPED,
        over="wells",
    ),
    Claim(
        "cluster_entropy", CLUSTERS, "far cluster has least entropy",
        "Permutation entropy is lowest in the cluster farthest from the river.",
        "section 3.2, Fig. 8b", "2.06 against 2.13 and 2.19 bit",
        "the median entropy of the farthest cluster less that of the other wells", NEGATIVE,
        "fig-08-clusters", "03_2_groundwater", GROUPED, ("cluster_entropy",), "bit",
        over="wells",
    ),
    Claim(
        "entropy_distance", CLUSTERS, "entropy falls with distance",
        "Wells near the river have the higher permutation entropy.",
        "section 3.2, Fig. 9a; conclusion 4", "−0.26",
        "the correlation of entropy with distance over wells", NEGATIVE,
        "fig-09-distance", "03_2_groundwater", ("wells:4", "river"), ("entropy_distance",),
        over="wells",
    ),
    Claim(
        "r2_distance", CLUSTERS, "R² rises with distance",
        "Heads are forecast better far from the river.",
        "section 3.2, Fig. 9b; conclusion 4", "+0.52",
        "the correlation of R² with distance over wells", POSITIVE,
        "fig-09-distance", "03_2_groundwater", ("wells:4", "river"), ("r2_distance",),
        over="wells",
    ),
    Claim(
        "attention_rain", ATTENTION, "attention follows rain",
        "Attention follows precipitation, more closely than its position in the window explains.",
        "abstract, section 4.1, Fig. 10a; conclusion 3", "",
        "the correlation of attention with precipitation, and that less the correlation which "
        "shuffled inputs give,", POSITIVE,
        "fig-10-attention", "04_1_attention", ("precipitation",),
        over="steps",
    ),
    Claim(
        "attention_others", ATTENTION, "not wind and temperature",
        "Attention shows no pattern with wind and temperature.",
        "section 4.1, Fig. 10b and c", "",
        "the correlation of attention with each of them", Band(-WEAK, WEAK),
        "fig-10-attention", "04_1_attention", ("temperature", "wind"),
        over="steps",
    ),
    Claim(
        "attention_near", ATTENTION, "attention rises to the end",
        "Attention rises towards the time of the forecast.",
        "section 4.1, Fig. 10a; conclusion 3", "",
        "the share of attention on the latest month less an even share", POSITIVE,
        "fig-attention-lead-times", "04_1_attention",
        over="seeds",
    ),
    Claim(
        "attention_lead", ATTENTION, "more so for short leads",
        "The shorter the lead time, the more attention lies on the latest month.",
        "abstract; section 5, conclusion 3", "",
        "the share of attention on the latest month, shortest lead time less longest", POSITIVE,
        "fig-attention-lead-times", "04_1_attention",
        over="seeds",
    ),
    Claim(
        "attention_needs", ATTENTION, "it is where forecasts need it",
        "Attention lies where the forecasts need the past.",
        "abstract (“interpretable”), section 4.1", "",
        "the rank correlation, over parts of the past, of attention with the rise of the loss "
        "when that part is exchanged,", POSITIVE,
        "fig-attention-past", "04_1_attention", over="well",
    ),
    Claim(
        "heads_weak", DRIVERS, "heads: no strong correlation",
        "Heads correlate strongly with none of the drivers.",
        "section 4.2, Fig. 11", "",
        "the mean over wells of the correlation with the driver where it is largest",
        Band(-STRONG, STRONG), "fig-11-correlations", "04_2_drivers", ("wells:1",),
        over="wells",
    ),
    Claim(
        "heads_water_most", DRIVERS, "heads: {water} before weather",
        "Heads correlate more with {water}, now or earlier, than with the weather.",
        "section 4.2, Fig. 11", "",
        "the largest correlation with {water} less the largest with weather, both the size of a "
        "mean over wells,", POSITIVE,
        "fig-11-correlations", "04_2_drivers", ("gauge", "wells:1"),
        over="wells",
    ),
    Claim(
        "heads_water", DRIVERS, "heads fall where {water} rises",
        "Heads correlate negatively with {water}, now and up to twelve months earlier.",
        "section 4.2, Fig. 11; conclusion 5", "",
        "the correlation, mean over lags and wells", NEGATIVE,
        "fig-13-lags", "04_2_drivers", ("gauge", "wells:1"), ("head_water",),
        over="wells",
    ),
    Claim(
        "water_weather", DRIVERS, "{water} follows the weather",
        "The {water} correlates positively with precipitation and temperature.",
        "section 4.2, Fig. 11", "",
        "the correlation with each", POSITIVE, "fig-11-correlations", "04_2_drivers",
        ("gauge", "precipitation", "temperature"), ("water_precipitation", "water_temperature"),
        over="steps",
    ),
    Claim(
        "autocorrelation", DRIVERS, "{water}: plus, minus, plus",
        "Monthly {water} correlates with itself positively, then negatively, then positively "
        "again as the lag grows from one to twelve months.",
        "section 4.2, Fig. 12; conclusion 5", "",
        "the autocorrelation at lags of 1 and 12 months, and minus that at 6 months,", POSITIVE,
        "fig-12-autocorrelation", "04_2_drivers", ("gauge",),
        over="lags",
    ),
    Claim(
        "lags_differ", DRIVERS, "wells differ in their lags",
        "How heads go with earlier {water} has no pattern common to the wells.",
        "section 4.2, Fig. 13", "",
        "the share of wells that agree on the sign, mean over lags of 1 to 12 months,",
        Band(high=MOST), "fig-13-lags", "04_2_drivers", ("gauge", "wells:3"),
        over="wells",
    ),
    Claim(
        "cluster_water", DRIVERS, "far cluster correlates most",
        "The cluster farthest from the river correlates most with its {water}.",
        "section 4.2, Fig. 14", "",
        "the median size of the correlation in the farthest cluster less that of the other wells",
        POSITIVE, "fig-14-lags", "04_2_drivers", ("gauge", *GROUPED), ("cluster_head_water",),
        over="wells",
    ),
    Claim(
        "water_distance", DRIVERS, "more negative with distance",
        "Heads correlate the more negatively with {water}, the farther the well is from the river.",
        "section 5, conclusion 5", "",
        "the correlation with distance of a well's mean correlation", NEGATIVE,
        "fig-13-lags", "04_2_drivers", ("gauge", "wells:4", "river"), ("head_water_distance",),
        over="wells",
    ),
    Claim(
        "statics", DRIVERS, "distance, cluster, slope weigh most",
        "Of the static inputs, distance to the river, cluster and slope weigh most.",
        "section 4.2, Fig. 15a", "",
        "the smallest weight of the three less the largest of the others", POSITIVE,
        "fig-15-importance", "04_2_drivers", (*GROUPED, "well:slope"),
        over="seeds",
    ),
    Claim(
        "lagged", DRIVERS, "lagged {water} weighs most",
        "Of the inputs in time, lagged {water} weighs most.",
        "section 4.2, Fig. 15b", "",
        "the largest weight of a lagged {water} less the largest of the other inputs", POSITIVE,
        "fig-15-importance", "04_2_drivers", ("gauge",),
        over="seeds",
    ),
    Claim(
        "lags", DRIVERS, "lags 1, 2, 4, 11 above all",
        "Of the lags, those of 1, 2, 4 and 11 months weigh most.",
        "section 4.2, Fig. 15b", "lags 1, 2, 4, 11",
        "the mean weight of these lags less that of the others", POSITIVE,
        "fig-15-importance", "04_2_drivers", ("gauge",),
        over="seeds",
    ),
    Claim(
        "weights_truth", DRIVERS, "weights tell what moves a well",
        "The weights of the inputs say which driver moves which well: they rank the wells as the "
        "truth does.",
        "abstract (“interpretable”), section 4.2", "",
        "the rank correlation over wells of a driver's weight and its true share", POSITIVE,
        "fig-drivers-agreement", "04_3_trust", ("truth", "both", "wells:3"),
        over="well",
    ),
)  # fmt: skip
"""In the order of the paper."""
