"""The 2022 Groundwater Time Series Modelling Challenge: ``python -m benchmarks.challenge FOLDER``.

The head of one well for years on end from weather and river stage alone, under the challenge's
rules: heads are no input, those of the last years are hidden. One recipe serves all sites
(:mod:`benchmarks.challenge.recipe`); the other teams' submissions are scored by the same code.

References
----------
Collenteur et al. (2024), HESS 28, 5193-5208, doi:10.5194/hess-28-5193-2024.
"""
