"""Sources of records: OpenAlex, reference files and the library that ships with the review.

The only layer that opens sockets. Each source yields `review.model.Record` values and names what it
could not read as `review.errors.Mistake` values.
"""
