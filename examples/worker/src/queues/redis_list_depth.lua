-- Waiting, running and dead. ARGV: list.
local list, running = ARGV[first], 0
for _, name in ipairs(redis.call('ZRANGE', list .. ':consumers', 0, -1)) do
  running = running + redis.call('LLEN', list .. ':processing:' .. name)
end
return {redis.call('LLEN', list) + redis.call('ZCARD', list .. ':delayed'), running, redis.call('XLEN', dead)}
