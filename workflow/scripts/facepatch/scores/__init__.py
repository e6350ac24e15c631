"""Every other score: correlation, variance explained, decoding, ratings, UDR."""
