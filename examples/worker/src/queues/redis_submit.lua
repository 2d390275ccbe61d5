-- For producers. Refuses when the queues are full, and an id that is there already. ARGV: kind
-- ('stream' or 'list'), stream or list, list end to push at, id, payload, most that may wait ('': as
-- the workers say). Returns 'accepted', 'full' or 'duplicate', and the status of a duplicate.
local kind, target, push = ARGV[first], ARGV[first + 1], ARGV[first + 2]
local id, payload = ARGV[first + 3], ARGV[first + 4]
local most = tonumber(ARGV[first + 5]) or tonumber(redis.call('HGET', prefix .. 'jobs:config', 'max_depth') or '')
local status = redis.call('HGET', job_key(id), 'status')
if status then return {'duplicate', status} end
if redis.call('EXISTS', result_key(id)) == 1 then return {'duplicate', 'done'} end
local depth = 0
if kind == 'list' then
  depth = redis.call('LLEN', target)
else
  redis.call('SADD', prefix .. 'jobs:queues', target)
  for _, each in ipairs(redis.call('SMEMBERS', prefix .. 'jobs:queues')) do
    depth = depth + redis.call('XLEN', each)
  end
end
if most and depth >= most then return {'full', tostring(depth)} end
local key = job_key(id)
if kind == 'list' then
  redis.call(push, target, payload)
else
  redis.call('HSET', key, 'place', target .. ' ' .. redis.call('XADD', target, '*', 'id', id, 'job', payload))
end
redis.call('HSET', key, 'status', 'pending', 'submitted', now_ms())
redis.call('PEXPIRE', key, math.max(result_ttl, dead_retention))
return {'accepted', tostring(depth + 1)}
