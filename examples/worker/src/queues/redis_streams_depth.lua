-- Waiting, running and dead. ARGV: streams. Forgets consumers of workers that are gone.
local waiting, running = 0, 0
local forget_after = math.max(3600000, 10 * lease)
for i = first, #ARGV do
  local held = redis.call('XPENDING', ARGV[i], group)[1]
  running = running + held
  waiting = waiting + redis.call('XLEN', ARGV[i]) - held
  for _, each in ipairs(redis.call('XINFO', 'CONSUMERS', ARGV[i], group)) do
    local fields = map_of(each)
    if fields.pending == 0 and fields.idle > forget_after then
      redis.call('XGROUP', 'DELCONSUMER', ARGV[i], group, fields.name)
    end
  end
end
return {math.max(0, waiting), running, redis.call('XLEN', dead)}
