-- A lease that ends after `delay`: somebody's next sweep finds it. ARGV: stream, entry, id, attempt,
-- delay, whether the delivery counts ('1' or '0'), why.
local stream, entry, id, attempt = ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3]
if not holds(id, attempt) then return 0 end
local idle = math.max(0, lease - tonumber(ARGV[first + 4]))
redis.call('XCLAIM', stream, group, consumer, 0, entry, 'IDLE', idle, 'JUSTID')
give_back(id, ARGV[first + 5] == '1', ARGV[first + 6])
return 1
