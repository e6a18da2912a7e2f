-- What wrk sends and reports. The arguments behind wrk's `--` are a file of requests, the number of threads
-- and a name that no other run has.
--
-- The file has a line for each thing:
--   method <METHOD>     header <Name> <value>     path </…>     body <path of a file>     people many|one
--
-- Paths are taken in turn; each thread has its own share of them. "@number@" in a body becomes a number that no other
-- request has. With `people many` each request says that it comes from another address, as those of many people do
-- (the web server trusts this machine to say so).

local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local method, headers, paths = "GET", {}, {}
local template, many, fixed, prefix
local at, sent, step = 0, 0, 1

local function read(path)
  local file = assert(io.open(path, "rb"))
  local text = file:read("*a")
  file:close()
  return text
end

function init(args)
  for line in io.lines(args[1]) do
    local word, rest = line:match("^(%S+) (.*)$")
    if word == "method" then
      method = rest
    elseif word == "header" then
      local name, value = rest:match("^(%S+) (.*)$")
      headers[name] = value
    elseif word == "path" then
      paths[#paths + 1] = rest
    elseif word == "body" then
      template = read(rest)
    elseif word == "people" then
      many = rest == "many"
    end
  end
  step = tonumber(args[2])
  prefix = args[3] .. "-" .. number .. "-"
  at = number
  if #paths == 1 and not template and not many then
    -- Made once, so that the fastest servers do not wait for Lua.
    fixed = wrk.format(method, paths[1], headers)
  end
end

function request()
  if fixed then
    return fixed
  end
  sent = sent + 1
  at = (at + step) % #paths
  if many then
    headers["X-Forwarded-For"] = "10." .. number .. "." .. math.floor(sent / 250) % 250 .. "." .. sent % 250 + 1
  end
  local body = template and template:gsub("@number@", prefix .. sent)
  return wrk.format(method, paths[at + 1], headers, body)
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    "result requests=%d duration=%d bytes=%d p50=%d p99=%d status=%d socket=%d\n",
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    errors.status, errors.connect + errors.read + errors.write + errors.timeout
  ))
end
