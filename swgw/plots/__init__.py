"""Pure drawing: data in, a matplotlib Figure out; nothing is loaded or computed here."""
