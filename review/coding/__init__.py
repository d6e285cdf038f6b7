"""Coding: tags and findings by people, and what machines suggest to them."""
