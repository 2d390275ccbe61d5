-- ARGV: list, id ('' when the payload names none), attempt, reason, log.
local list, id = ARGV[first], ARGV[first + 1]
local own = list .. ':processing:' .. consumer
local payload = held_payload(own, id)
if not payload or (id ~= '' and not holds(id, ARGV[first + 2])) then return 0 end
make_dead(id ~= '' and id or nil, list:sub(#prefix + 1), payload, ARGV[first + 3], ARGV[first + 4])
redis.call('RPOP', own)
if id == '' then redis.call('DEL', nameless_key(payload)) end
return 1
