"""The forecasting models: CNN–GRU, CNN–LSTM, Temporal Fusion Transformer, baselines, Pastas."""
