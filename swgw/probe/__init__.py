"""What a trained network needs, asked of its forecasts, and what shuffled inputs would say.

``inputs`` names what belongs together, ``permute`` exchanges it among issue times, ``null`` trains
on shuffled inputs, ``work`` makes jobs of both. What they find is judged in :mod:`swgw.trust`.
"""
