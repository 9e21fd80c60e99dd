"""The network: one encoder, a decoder for each task."""
