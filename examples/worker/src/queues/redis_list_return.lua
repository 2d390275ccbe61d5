-- Waits among the delayed ones. ARGV: list, id, attempt, delay, whether the delivery counts, why.
local list, id = ARGV[first], ARGV[first + 1]
if not holds(id, ARGV[first + 2]) then return 0 end
local own = list .. ':processing:' .. consumer
local payload = held_payload(own, id)
if not payload then return 0 end
redis.call('ZADD', list .. ':delayed', now_ms() + tonumber(ARGV[first + 3]), payload)
redis.call('RPOP', own)
give_back(id, ARGV[first + 4] == '1', ARGV[first + 5])
return 1
