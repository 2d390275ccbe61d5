-- Result and acknowledgement as one. ARGV: list, id, attempt, status, callback, result.
local id = ARGV[first + 1]
if is_published(id, ARGV[first + 2]) then return 1 end
if not may_publish(id, ARGV[first + 2]) then return 0 end
publish(id, ARGV[first + 3], ARGV[first + 4], ARGV[first + 5])
redis.call('DEL', ARGV[first] .. ':processing:' .. consumer)
return 1
