"""How far the headline numbers move when one choice that the papers leave open is made otherwise.

``choices`` lists what can be varied, ``vary`` trains with one choice changed (it needs torch),
``work`` makes jobs of it and reads them, ``untrained`` varies what needs no training.
"""
