-- Result and acknowledgement as one. ARGV: list, id, attempt, status, callback, result.
local id, attempt = ARGV[first + 1], ARGV[first + 2]
if publish(id, attempt, ARGV[first + 3], ARGV[first + 4], ARGV[first + 5]) == 0 then return 0 end
drop_held(ARGV[first] .. ':processing:' .. consumer, id)
return 1
