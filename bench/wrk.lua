-- wrk -s wrk.lua URL -- METHOD BYTES VARIES
-- Sends requests with a method and a body size; prints the results as JSON.

local count = 0

-- Each request is different if the scenario requires it.
local function vary()
  count = count + 1
  local headers = wrk.headers
  headers["Referer"] = "http://127.0.0.1/articles/" .. count
  headers["Cookie"] = string.format("session=%032d; theme=dark", count)
  return wrk.format(nil, "/?page=" .. count)
end

function init(args)
  wrk.method = args[1]
  local size = tonumber(args[2])
  if size > 0 then
    wrk.body = string.rep("x", size)
    wrk.headers["Content-Type"] = "application/octet-stream"
  end
  if args[3] == "true" then request = vary end
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"micros":%d,"bytes":%d,"errors":%d,"p50":%d,"p99":%d}\n',
    summary.requests, summary.duration, summary.bytes,
    e.connect + e.read + e.write + e.status + e.timeout,
    latency:percentile(50), latency:percentile(99)))
end
