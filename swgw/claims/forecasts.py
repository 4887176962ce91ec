"""What Jing, Tian & Zheng (2025) claim of their forecasts, and what decides it (section 3)."""

from swgw.claims.rules import Band, Claim

WATER, HEADS, TASK = "Forecasts of {water}", "Forecasts of heads", "The second task"
BOTH = ("gauge", "wells:1", "both")
BETTER, WORSE = Band(low=0), Band(high=0)
GAIN = Band(0.15, 0.20)
SEASON = 0.5
"""A forecast follows the seasons if they explain more than half of its variance."""

FORECASTS = (
    Claim(
        "level", WATER, "MT-TFT reaches NSE 0.73",
        "MT-TFT forecasts {water} with an NSE of 0.73 and an R² of 0.75.",
        "abstract, section 3.1, Table 3", "0.73",
        "the NSE of MT-TFT", BETTER, "fig-runoff-scores", "03_1_runoff", BOTH, own=False,
    ),
    Claim(
        "best", WATER, "MT-TFT is the best of six",
        "MT-TFT forecasts {water} better than each of the five other models.",
        "section 3.1, Table 3; conclusion 2", "0.73 against 0.40 to 0.66",
        "the difference in NSE of MT-TFT and another model", BETTER,
        "fig-05-runoff", "03_1_runoff", BOTH,
    ),
    Claim(
        "rank_water", WATER, "TFT before GRU and LSTM",
        "The TFT forecasts {water} better than GRU and LSTM, single-task and multi-task alike.",
        "section 3.1, trend 1; conclusion 2", "0.66 against 0.51 and 0.40; 0.73, 0.45 and 0.48",
        "the difference in NSE of TFT and recurrent model", BETTER,
        "fig-05-runoff", "03_1_runoff", ("gauge",),
    ),
    Claim(
        "gru_lstm_water", WATER, "GRU before LSTM",
        "Among the single-task recurrent models, the GRU forecasts {water} better than the LSTM.",
        "section 3.1, Table 3", "0.51 against 0.40",
        "the difference in NSE", BETTER, "fig-05-runoff", "03_1_runoff", ("gauge",),
    ),
    Claim(
        "seasons", WATER, "all models follow the seasons",
        "The forecasts of all models follow the seasons of the {water}.",
        "section 3.1, Fig. 5", "",
        "the share of a forecast's variance that goes with the mean season of the training years",
        Band(low=SEASON), "fig-05-runoff", "03_1_runoff", ("gauge",),
    ),
    Claim(
        "peaks", WATER, "GRU and LSTM miss peaks",
        "GRU and LSTM forecast high {water} too low.",
        "section 3.1, Fig. 5", "",
        "the mean error where the observation is among the highest tenth", WORSE,
        "fig-runoff-classes", "03_1_runoff", ("gauge",), unit="gauge",
    ),
    Claim(
        "lows", WATER, "GRU and LSTM exceed low flows",
        "GRU and LSTM forecast low {water} too high.",
        "section 3.1, Fig. 5", "",
        "the mean error where the observation is among the lowest three tenths", BETTER,
        "fig-runoff-classes", "03_1_runoff", ("gauge",), unit="gauge",
    ),
    Claim(
        "peaks_tft", WATER, "TFT a little low at peaks",
        "The TFT, too, forecasts high {water} too low.",
        "section 3.1, Fig. 5", "",
        "the mean error where the observation is among the highest tenth", WORSE,
        "fig-runoff-classes", "03_1_runoff", ("gauge",), unit="gauge",
    ),
    Claim(
        "extremes_tft", WATER, "TFT better at both ends",
        "The TFT does better at high and at low {water} than GRU and LSTM.",
        "section 3.1, Fig. 5", "",
        "the difference in RMSE of TFT and recurrent model, over the highest tenth and over the "
        "lowest three tenths of the observations", WORSE,
        "fig-runoff-classes", "03_1_runoff", ("gauge",), unit="gauge",
    ),
    Claim(
        "intervals", WATER, "intervals can be relied on",
        "The quantiles of the TFT quantify its uncertainty: its 80 % intervals hold 80 % of what "
        "is observed, to within five points.",
        "sections 2.4.3 and 3", "",
        "the share of observations in the 80 % intervals of each target", Band(0.75, 0.85),
        "fig-uncertainty-coverage", "03_4_uncertainty",
    ),
    Claim(
        "rank_heads", HEADS, "TFT before GRU and LSTM",
        "The TFT forecasts heads better than GRU and LSTM, single-task and multi-task alike.",
        "section 3.2, Fig. 6; conclusion 2", "0.43 against 0.31 and 0.39; 0.52, 0.29 and 0.49",
        "the median over wells of the difference in R²", BETTER,
        "fig-06-groundwater", "03_2_groundwater", ("wells:1",),
        over="well",
    ),
    Claim(
        "lstm_gru_heads", HEADS, "LSTM a little before GRU",
        "Among the single-task recurrent models, the LSTM forecasts heads better than the GRU.",
        "section 3.2, Fig. 6", "0.39 against 0.31",
        "the median over wells of the difference in R²", BETTER,
        "fig-06-groundwater", "03_2_groundwater", ("wells:1",),
        over="well",
    ),
    Claim(
        "gain_water_gru", TASK, "GRU: {water} suffers",
        "With the GRU, the second task makes forecasts of {water} worse.",
        "section 3.1, Table 3", "−0.06",
        "the difference in NSE, multi-task less single-task", WORSE,
        "fig-second-differences", "03_3_second_task", BOTH,
    ),
    Claim(
        "gain_water_lstm", TASK, "LSTM: {water} gains",
        "With the LSTM, the second task makes forecasts of {water} better.",
        "section 3.1, Table 3", "+0.08",
        "the difference in NSE, multi-task less single-task", BETTER,
        "fig-second-differences", "03_3_second_task", BOTH,
    ),
    Claim(
        "gain_water_tft", TASK, "TFT: {water} gains",
        "With the TFT, the second task makes forecasts of {water} better.",
        "abstract, section 3.1, Table 3", "+0.07",
        "the difference in NSE, multi-task less single-task", BETTER,
        "fig-second-differences", "03_3_second_task", BOTH,
    ),
    Claim(
        "gain_water_all", TASK, "all: {water} gains",
        "The second task makes forecasts of {water} better with every architecture.",
        "section 3.1, trend 2 and Fig. 5", "“for all architectures”",
        "the difference in NSE, multi-task less single-task", BETTER,
        "fig-second-differences", "03_3_second_task", BOTH,
    ),
    Claim(
        "gain_percent", TASK, "by 15–20 % in all",
        "The second task raises NSE and R² of {water} by 15 to 20 % with every architecture.",
        "section 5, conclusion 1", "15–20 %",
        "the relative change of a score, as a share of the single-task score", GAIN,
        "fig-second-differences", "03_3_second_task", BOTH,
    ),
    Claim(
        "gain_heads_gru", TASK, "GRU: heads suffer",
        "With the GRU, the second task makes forecasts of heads worse.",
        "section 3.2, Fig. 6", "−0.02",
        "the median over wells of the difference in R²", WORSE,
        "fig-second-differences", "03_3_second_task", BOTH,
        over="well",
    ),
    Claim(
        "gain_heads_lstm", TASK, "LSTM: heads gain",
        "With the LSTM, the second task makes forecasts of heads better.",
        "section 3.2, Fig. 6", "+0.10",
        "the median over wells of the difference in R²", BETTER,
        "fig-second-differences", "03_3_second_task", BOTH,
        over="well",
    ),
    Claim(
        "gain_heads_tft", TASK, "TFT: heads gain",
        "With the TFT, the second task makes forecasts of heads better.",
        "section 3.2, Fig. 6", "+0.09",
        "the median over wells of the difference in R²", BETTER,
        "fig-second-differences", "03_3_second_task", BOTH,
        over="well",
    ),
    Claim(
        "learning", TASK, "it is the learning",
        "What helps the forecasts of {water} is that heads are learned too: more than the same "
        "inputs without the second loss.",
        "abstract, sections 2.4.1 and 3.1", "",
        "the difference in NSE, MT-TFT less ST+-TFT", BETTER,
        "fig-second-water", "03_3_second_task", BOTH,
    ),
    Claim(
        "coupling", TASK, "it is the coupling",
        "The second task helps because the waters are coupled: it helps at the lower gauge, and "
        "more than at the gauge upstream of it.",
        "abstract, section 3.1", "",
        "the second task's difference in NSE below, and that less the one upstream,", BETTER,
        "fig-second-coupling", "03_3_second_task", (*BOTH, "gauges:2"),
    ),
)  # fmt: skip
"""In the order of the paper."""
