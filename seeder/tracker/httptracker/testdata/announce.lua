-- Announces of 100 peers each to 1,000 torrents, in no order, for wrk.
request = function()
  local query = "info_hash=aaaaaaaaaaaaaaaa%04d&peer_id=-XX0001-abcdefgh%04d&port=%d&left=1&numwant=%d&compact=1&key=89ABCDEF"
  local peer = math.random(100)
  return wrk.format("GET", "/announce?" .. query:format(math.random(0, 999), peer, 7000 + peer, os.getenv("NUMWANT")))
end

done = function(summary, latency, requests)
  local errors = summary.errors -- of reading there is one wherever a connection is closed behind a whole answer
  io.write(("answers=%d errors=%d\n"):format(summary.requests, errors.connect + errors.write + errors.status + errors.timeout))
end
