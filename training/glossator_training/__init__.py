"""Glossator's model: architecture, training, export and evaluation."""
