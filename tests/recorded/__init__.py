"""What the mock says of a table of requests, recorded once and compared to the byte ever after.

The table is `requests.yaml`, the recorded files are in `expected`. Only the command line and HTTP are used, so that the
comparison outlives any move of the modules behind them. `python -m tests.recorded.record` records anew: on purpose
only, when what the mock says is meant to change, and with the difference read before it is committed.
"""
