"""The golden net: what five basins gave before the package was rebuilt, as small tables."""
