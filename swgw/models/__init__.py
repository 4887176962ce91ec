"""The forecasting models: CNN–GRU and CNN–LSTM, the Temporal Fusion Transformer, references."""
