-- Of every script on a list. What a consumer holds is the last of its own list: a blocking move that
-- it had given up waiting for may still bring another, which is put before it and must not go with it.
local function held_payload(own, id)
  local payload = redis.call('LINDEX', own, -1)
  return payload and (#payload <= max_payload and id_in(payload) or '') == id and payload
end

-- What counts the deliveries of a payload that names no id: it may be what its workers die of.
local function nameless_key(payload) return prefix .. 'nameless:' .. redis.sha1hex(payload) end

local function drop_held(own, id)
  if held_payload(own, id) then redis.call('RPOP', own) end
end
