"""Thin Qt shell: view models and their QML. Nothing flows back but events."""
