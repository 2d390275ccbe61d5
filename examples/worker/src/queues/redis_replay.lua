-- A dead letter back into its queue, its deliveries counted anew. ARGV: entry of the dead letter,
-- kind ('stream' or 'list'), list end to push at. Returns 'replayed', or why not.
if not ARGV[first]:find('^%d+%-%d+$') then return 'there is no such dead letter' end
local found = redis.call('XRANGE', dead, ARGV[first], ARGV[first])
if #found == 0 then return 'there is no such dead letter' end
local letter = map_of(found[1][2])
if letter.payload == '' then return 'its payload was too large to be kept' end
if not letter.payload or not letter.queue then return 'it has no payload or no queue: no worker made it' end
local target, id = prefix .. letter.queue, letter.id or ''
if id ~= '' then
  local key = job_key(id)
  if redis.call('HGET', key, 'status') ~= 'dead' and redis.call('EXISTS', key) == 1 then
    return 'a job with this id was submitted since'
  end
  redis.call('HSET', key, 'status', 'pending', 'returned', redis.call('HGET', key, 'attempt') or 0)
  redis.call('HDEL', key, 'place', 'reason')
  redis.call('PEXPIRE', key, math.max(result_ttl, dead_retention))
end
if ARGV[first + 1] == 'list' then
  redis.call(ARGV[first + 2], target, letter.payload)
else
  local entry = redis.call('XADD', target, '*', 'job', letter.payload)
  if id ~= '' then redis.call('HSET', job_key(id), 'place', target .. ' ' .. entry) end
end
redis.call('XDEL', dead, ARGV[first])
return 'replayed'
