"""The measurements of `make bench`: how fast the mock is, against what, and where the time goes."""
