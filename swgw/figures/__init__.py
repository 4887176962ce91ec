"""Data in, matplotlib out."""
