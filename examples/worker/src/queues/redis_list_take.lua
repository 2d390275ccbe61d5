-- The next job of a list; what a blocking move brought lies in this consumer's own list already.
-- ARGV: list, end that is taken from, whether to sweep.
local list, take_end = ARGV[first], ARGV[first + 1]
local own = list .. ':processing:' .. consumer
local consumers, delayed = list .. ':consumers', list .. ':delayed'
local to_take_end = take_end == 'LEFT' and 'LPUSH' or 'RPUSH'

local function lease_key(name) return list .. ':lease:' .. name end

-- Back to where jobs are taken, its delivery counted: its worker is gone. True when its next delivery
-- is the last one: that is made alone, so that who shared its workers with what killed them is not
-- taken for the culprit.
local function reclaim_from(name)
  local last_chance = false
  local processing = list .. ':processing:' .. name
  local payload = redis.call('RPOP', processing)
  while payload do
    local id = #payload <= max_payload and id_in(payload)
    local job = id and record_of(id)
    last_chance = last_chance or job and (tonumber(job.attempt) or 0) - job.returned == max_deliveries - 1
    if job and job.status == 'running' then
      redis.call('HSET', job_key(id), 'status', 'pending')
      counts.reclaimed = counts.reclaimed + 1
    end
    redis.call(to_take_end, list, payload)
    payload = redis.call('RPOP', processing)
  end
  return last_chance
end

-- A consumer is remembered for a day: a move that it waited for may still come about.
local function sweep()
  for _, name in ipairs(redis.call('ZRANGE', consumers, 0, -1)) do
    if name ~= consumer and redis.call('EXISTS', lease_key(name)) == 0 and reclaim_from(name) then break end
  end
  redis.call('ZREMRANGEBYSCORE', consumers, '-inf', now_ms() - math.max(86400000, 10 * lease))
  for _, payload in ipairs(redis.call('ZRANGEBYSCORE', delayed, '-inf', now_ms(), 'LIMIT', 0, 64)) do
    redis.call('ZREM', delayed, payload)
    redis.call(to_take_end, list, payload)
  end
end

local function runs_elsewhere(job)
  return job.status == 'running' and job.consumer ~= consumer and
    redis.call('EXISTS', lease_key(job.consumer), list .. ':processing:' .. job.consumer) == 2
end

local function nameless_verdict(payload)
  local key = nameless_key(payload)
  local deliveries = redis.call('INCR', key)
  redis.call('PEXPIRE', key, dead_retention)
  if deliveries <= max_deliveries then return nil end
  redis.call('DEL', key)
  return too_often(deliveries - 1)
end

local function try(payload)
  local id = #payload <= max_payload and id_in(payload) or nil
  local job = id and record_of(id)
  local verdict = look(payload, job, function(known) return not runs_elsewhere(known) end)
  if not verdict and not id then verdict = nameless_verdict(payload) end
  local queue = list:sub(#prefix + 1)
  if not verdict then return begin(id, job, 'list', queue, list, payload, nil) end
  if verdict == 'duplicate' then
    counts.duplicates = counts.duplicates + 1
  else
    make_dead(not (job and job.foreign) and id or nil, queue, payload, verdict, '[]')
    counts.buried = counts.buried + 1
  end
  redis.call('RPOP', own)
end

redis.call('SET', lease_key(consumer), '1', 'PX', lease)
redis.call('ZADD', consumers, now_ms(), consumer)
if may_sweep(ARGV[first + 2]) then sweep() end
for _ = 1, 16 do
  local payload = redis.call('LINDEX', own, -1) or redis.call('LMOVE', list, own, take_end, 'LEFT')
  if not payload then break end
  local found = try(payload)
  if found then return reply(found) end
end
return reply(nil)
