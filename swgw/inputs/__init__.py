"""What a model may use: climatology, clusters of wells, standardised series, windows."""
