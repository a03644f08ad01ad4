"""Page-shaped reads: one module per page, each in a bounded number of queries.

A selector changes nothing, knows no request and takes the clock as an argument.
"""
