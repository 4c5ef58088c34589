"""What another OpenAPI document says differently about the operations of the mock.

Written by hand: the well-kept differ, oasdiff, is a Go program that a Python package cannot bring along, and rules are
found by the places and names of fields, which a report of another program would have to be parsed for.
"""
