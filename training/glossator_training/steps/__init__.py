"""Training steps as ONNX graphs, traced from PyTorch."""
