"""What Jing, Tian & Zheng (2025) state, in our words, and where it stands.

Pages show a statement by its key (:func:`swgw.book.text.paper_says`), and only beside a basin whose
``basin.yml`` says ``companion: jing2025``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Statement:
    """A statement of the paper in our words, with the section, table or figure it stands in."""

    text: str
    where: str


STATEMENTS = {
    "study_area": Statement(
        "The Heihe River Basin, the second-largest inland basin of China, covers about "
        "143,000 km² between 97.1–102.0° E and 37.7–42.7° N. Its upstream is the Qilian "
        "Mountains (3,000–5,500 m). The middle reaches, where the wells stand, are a corridor "
        "about 350 km long and 20–50 km wide at 1,400–1,700 m, filled with gravel in the south "
        "that grades to sand and silt in the north.",
        "section 2.1 and Fig. 1",
    ),
    "exchange_setting": Statement(
        "Rain feeds the groundwater of the mountains. In the alluvial plain groundwater and the "
        "river are closely connected, and their exchange follows the seasons of climate and "
        "irrigation. In the downstream desert the vegetation lives on groundwater.",
        "section 2.1",
    ),
    "data_targets": Statement(
        "Groundwater levels of 25 wells and daily discharge at the Yingluo gauging station, both "
        "for 2001–2012, come from the Water Resources Department of Gansu Province.",
        "section 2.2",
    ),
    "data_forcing": Statement(
        "Temperature, wind speed and precipitation are taken from the China Meteorological "
        "Forcing Dataset, said to span 1979–2010 at 0.1° and 3 hours, for the years 2001–2012.",
        "section 2.2",
    ),
    "data_table": Statement(
        "Table 1 lists the weather as hourly at 0.1°, groundwater levels every 5 days, discharge "
        "daily, and land use from Sentinel-2, yearly at 30 m.",
        "Table 1",
    ),
    "data_private": Statement(
        "The data are available from the authors on reasonable request and are not public.",
        "data availability statement",
    ),
    "data_oddities": Statement(
        "The forcing is said to end in 2010 while the test period ends in 2012; it is three-hourly "
        "in the text and hourly in Table 1; and the yearly land use at 30 m is credited to "
        "Sentinel-2. (Our remark: this satellite was launched in 2015 and sees 10 m; none of "
        "it can be settled from outside.)",
        "section 2.2 and Table 1",
    ),
    "conceptual_model": Statement(
        "Two subsystems, land surface and groundwater flow, are joined by five elements: "
        "atmosphere, soil zone, surface runoff, vadose zone and saturated zone. Exchange between "
        "river and aquifer goes both ways, as river infiltration and groundwater discharge.",
        "section 2.3 and Fig. 2",
    ),
    "conceptual_unmeasured": Statement(
        "Interflow, river infiltration and groundwater discharge lack direct measurements over "
        "long times. The models are therefore driven by weather and terrain, and trained on "
        "discharge and groundwater levels.",
        "section 2.3",
    ),
    "multi_task": Statement(
        "Shared layers learn features common to the tasks, task-specific layers learn what "
        "belongs to one. Sharing is expected to use the data better, to reduce overfitting and "
        "to make convergence faster.",
        "section 2.4.1",
    ),
    "cnn_rnn": Statement(
        "A shared one-dimensional convolution extracts features, a shared LSTM or GRU reads them "
        "in time, then one LSTM or GRU and dense layers per task give the forecast. R² is the "
        "loss of both tasks, weighted 1 : 1.",
        "section 2.4.2 and Fig. 3",
    ),
    "gru_lstm": Statement(
        "The GRU is described as efficient and good for shorter sequences, the LSTM as strong on "
        "long-term dependencies, the Transformer as able to capture complex, long-range relations "
        "among many variables.",
        "section 2.4.1",
    ),
    "tft": Statement(
        "The TFT combines gated residual networks, variable selection, static covariate encoders "
        "and a decoder with interpretable self-attention. It forecasts several steps at once, "
        "with quantiles beside the point forecast.",
        "section 2.4.3 and Fig. 4",
    ),
    "som_method": Statement(
        "A Self-Organizing Map projects the wells' series onto a small grid of nodes: random "
        "initial weights, competition for the best matching unit, cooperation of its "
        "neighbourhood, adaptation of the weights. It groups the groundwater series without "
        "labels, for the interpretation of the results.",
        "section 2.5",
    ),
    "experiments": Statement(
        "2001–2008 trains, 2009 validates and tunes, 2010–2012 tests. Inputs are precipitation, "
        "air temperature and wind speed; targets are heads every five days at 25 wells and daily "
        "discharge.",
        "section 2.6",
    ),
    "one_model": Statement(
        "Because observations are sparse, one model is trained on all wells together, instead of "
        "one model per well.",
        "section 2.6",
    ),
    "nine_experiments": Statement(
        "Nine models are compared: GRU, LSTM and TFT, each for runoff alone, for groundwater "
        "alone, and for both at once.",
        "section 2.6 and Table 2",
    ),
    "tuning": Statement(
        "For the LSTM and GRU models, learning rate, dropout and the number of units per layer "
        "are found by Bayesian optimisation with KerasTuner. No such search is described for the "
        "TFT.",
        "section 2.7",
    ),
    "metrics": Statement(
        "RMSE, R² and NSE evaluate the forecasts. R² is the squared correlation of observed and "
        "predicted values.",
        "section 2.8",
    ),
    "runoff_single": Statement(
        "Among the single-task models the TFT (NSE 0.66, R² 0.68) is clearly ahead of the GRU "
        "(0.51, 0.52) and the LSTM (0.40, 0.42).",
        "section 3.1 and Table 3",
    ),
    "runoff_multi": Statement(
        "MT-TFT is the best of all (NSE 0.73, R² 0.75), followed by MT-LSTM (0.48, 0.49) and "
        "MT-GRU (0.45, 0.49). All algorithms improve with the second task, except the GRU.",
        "section 3.1 and Table 3",
    ),
    "runoff_claims": Statement(
        "Two trends are named: the TFT surpasses the recurrent models, and adding groundwater as "
        "a task gives systematic improvements for all architectures.",
        "section 3.1",
    ),
    "runoff_peaks": Statement(
        "All models follow the seasons. GRU and LSTM underestimate peaks and slightly "
        "overestimate low flows; the TFT does better at both, with peaks still a little low.",
        "section 3.1 and Fig. 5",
    ),
    "runoff_rmse": Statement(
        "The RMSE of the six models is 28.43 to 45.66, printed in m³/d; the size of the flow "
        "shows that m³/s is meant.",
        "Table 3",
    ),
    "gain": Statement(
        "The multi-task framework is said to improve NSE and R² by 15–20 % across all model "
        "configurations.",
        "section 5, conclusion 1",
    ),
    "intervals": Statement(
        "The TFT is said to give probabilistic forecasts beside point estimates, which allow "
        "uncertainty to be quantified and make simulations more reliable. The results are single "
        "numbers and lines: no interval and no coverage is given for any model.",
        "sections 2.4.3 and 3",
    ),
    "groundwater_single": Statement(
        "Among the single-task models the TFT has the highest R² of heads (median 0.43, mean "
        "0.49), before the LSTM (0.39, 0.33) and the GRU (0.31, 0.32).",
        "section 3.2 and Fig. 6",
    ),
    "groundwater_multi": Statement(
        "With the second task MT-TFT reaches a median and mean R² of 0.52 and MT-LSTM 0.49 and "
        "0.43, while MT-GRU falls to 0.29 and 0.30.",
        "section 3.2 and Fig. 6",
    ),
    "clusters": Statement(
        "The map groups the wells by their closeness to the main channel: cluster 1 (green) in "
        "agricultural areas near the channel, cluster 2 (red) along the channel, cluster 3 "
        "(blue) farther away.",
        "section 3.2 and Fig. 7",
    ),
    "cluster_r2": Statement(
        "MT-TFT does best in cluster 3 (median R² 0.71, mean 0.68), then in cluster 1 (0.50, "
        "0.50), and least well in cluster 2 (0.45, 0.39).",
        "section 3.2 and Fig. 8a",
    ),
    "cluster_series": Statement(
        "Series of cluster 3 have more autocorrelation and more regular seasons; those of "
        "clusters 1 and 2 vary more, fluctuate in a more complex way and have many outliers.",
        "section 3.2 and Fig. 7",
    ),
    "cluster_entropy": Statement(
        "The median permutation entropy is lowest in cluster 3 (2.06), then cluster 2 (2.13), "
        "and highest in cluster 1 (2.19). Closeness to the river is read as the cause.",
        "section 3.2 and Fig. 8b",
    ),
    "entropy_distance": Statement(
        "Permutation entropy and the distance to the river correlate with r = −0.26: wells near "
        "the channel tend to have the more complex series.",
        "section 3.2 and Fig. 9a",
    ),
    "r2_distance": Statement(
        "R² and the distance to the river correlate with r = 0.52: the model does better far "
        "from the channel.",
        "section 3.2 and Fig. 9b",
    ),
    "clusters_conclusion": Statement(
        "The map separates wells by their distance to the river. Wells farther away have lower "
        "permutation entropy and are simulated better, and the other way round.",
        "section 5, conclusion 4",
    ),
}
"""The paper's statements by key, in the order of the paper."""
