-- Sends the requests of a file in turn, over and over: wrk … -s replay.lua URL -- FILE. They are made before the clock
-- runs, so that wrk has little to do. At the end: one line of figures for bench/wrk.py, times in microseconds.
local requests, at, count = {}, 0, 0

function init(args)
  local file = assert(io.open(args[1], "rb"))
  for text in file:read("*a"):gmatch("[^%z]+") do
    count = count + 1
    requests[count] = text
  end
  file:close()
end

function request()
  at = at % count + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  print(string.format(
    "FIGURES requests=%d duration=%d p50=%d p99=%d max=%d refused=%d broken=%d",
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency.max,
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
