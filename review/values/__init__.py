"""Readings of the values of bibliographic fields, one module a kind of value.

Every reader of files uses them through `review.sources.entry_fields`; identifiers have their own
module, `review.identifiers`. Each function takes the text as some source gave it, returns the form
that `review.model.Record` asks for, or the empty value where the text holds none, and never raises.
"""
