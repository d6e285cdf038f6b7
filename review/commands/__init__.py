"""The commands of ``python -m review``: each reads its options, calls one service and prints."""
