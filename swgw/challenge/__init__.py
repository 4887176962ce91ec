"""The 2022 Groundwater Time Series Modelling Challenge as a yardstick.

The head of one well for years on end from weather and river stage alone, under the challenge's
rules: heads are no input, those of the last years are hidden. One recipe for all sites
(:mod:`swgw.challenge.recipe`), chosen by blocked cross-validation on the USA site's training years;
other teams' submissions are scored by the same code.

References
----------
Collenteur et al. (2024), HESS 28, 5193-5208, doi:10.5194/hess-28-5193-2024.
"""
