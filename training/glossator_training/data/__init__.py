"""Data files → examples → batches."""
