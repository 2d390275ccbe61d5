-- The beginning of every script. All keys share a prefix, and where that holds a hash tag a slot:
-- KEYS[1] tells a cluster which. Time is this server's.
local prefix, group, consumer = ARGV[1], ARGV[2], ARGV[3]
local lease, result_ttl, dead_retention = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local max_deliveries, max_payload = tonumber(ARGV[7]), tonumber(ARGV[8])
local first = 9 -- of a script's own arguments

local sweep_interval = math.max(50, math.min(1000, math.floor(lease / 10)))
local dead = prefix .. 'jobs:dead'
local counts = {reclaimed = 0, duplicates = 0, buried = 0}

local function job_key(id) return prefix .. 'job:' .. id end
local function result_key(id) return prefix .. 'result:' .. id end
local function swept_key() return prefix .. 'swept:' .. group end

local function now_ms()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function map_of(list)
  local map = {}
  for i = 1, #list, 2 do map[list[i]] = list[i + 1] end
  return map
end

local function is_id(text) return #text > 0 and #text <= 128 and not text:find('[^%w%._:%-]') end

-- The id that the payload names; nil when it names none that can be meant. Whole numbers are ids too.
local function id_in(payload)
  local parsed, job = pcall(cjson.decode, payload)
  if not parsed or type(job) ~= 'table' then return nil end
  local id = job.id
  if type(id) == 'number' and id == math.floor(id) and math.abs(id) < 2 ^ 53 then id = string.format('%.0f', id) end
  return type(id) == 'string' and is_id(id) and id or nil
end

local function tell(id, event)
  if id ~= '' then redis.call('PUBLISH', prefix .. 'events:' .. id, cjson.encode(event)) end
end

-- A worker whose delivery is not the last one has lost its lease. The consumer is compared too:
-- a server that came back without its last second may give a number twice.
local function holds(id, attempt)
  local job = redis.call('HMGET', job_key(id), 'attempt', 'consumer', 'status')
  return job[1] == attempt and job[2] == consumer and job[3] == 'running'
end

local function trim_before(key, how, age) redis.call('XTRIM', key, 'MINID', how, math.max(0, now_ms() - age)) end

local function finish(id, status)
  redis.call('HSET', job_key(id), 'status', status, 'finished', now_ms())
  redis.call('PEXPIRE', job_key(id), status == 'dead' and dead_retention or result_ttl)
end

-- `log` is a JSON list of lines.
local function make_dead(id, queue, payload, reason, log)
  local last = id and redis.call('HMGET', job_key(id), 'consumer', 'attempt') or {}
  redis.call('XADD', dead, '*', 'id', id or '', 'queue', queue, 'reason', reason, 'worker', last[1] or consumer,
    'attempt', last[2] or 0, 'log', log, 'payload_bytes', #payload, 'payload', #payload <= max_payload and payload or '')
  trim_before(dead, '=', dead_retention)
  if id then
    redis.call('HSET', job_key(id), 'reason', reason)
    finish(id, 'dead')
    tell(id, {event = 'dead', reason = reason})
  end
end

-- Whether a delivery is worth beginning; else why not: 'duplicate', or the reason for a burial.
-- `mine` tells of a job with this id whether it is this one.
local function look(id, payload, mine)
  if not payload then return 'there is no field "job"' end
  if #payload > max_payload then
    return string.format('a payload of %d bytes; %d are accepted', #payload, max_payload)
  end
  if not id then return nil end
  local job = redis.call('HMGET', job_key(id), 'status', 'attempt', 'returned', 'consumer')
  if job[1] == 'done' or job[1] == 'refused' or job[1] == 'dead' or not mine(job[1], job[4]) then return 'duplicate' end
  local deliveries = (tonumber(job[2]) or 0) - (tonumber(job[3]) or 0)
  if deliveries >= max_deliveries then
    return string.format('delivered %d times, and no worker finished it; the last was %s', deliveries, job[4] or '?')
  end
  return nil
end

-- Counts the delivery; what is returned goes to the worker. A payload that names no id has none
-- here: it is about to be buried by the worker, who can say what is wrong with it.
local function begin(id, place, queue, handle, payload, since)
  local attempt, deliveries, now = 1, 1, now_ms()
  if id then
    local key = job_key(id)
    attempt = redis.call('HINCRBY', key, 'attempt', 1)
    local before = redis.call('HMGET', key, 'status', 'returned')
    if before[1] == 'running' then counts.reclaimed = counts.reclaimed + 1 end
    deliveries = attempt - (tonumber(before[2]) or 0)
    redis.call('HSET', key, 'status', 'running', 'consumer', consumer, 'place', place, 'started', now)
    redis.call('PEXPIRE', key, math.max(result_ttl, dead_retention))
    tell(id, {event = 'running', attempt = attempt, worker = consumer})
  end
  return {1, queue, handle, id or '', attempt, deliveries, math.max(0, now - (since or now)), payload}
end

local function reply(found)
  local list = {counts.reclaimed, counts.duplicates, counts.buried}
  for i, each in ipairs(found or {0}) do list[3 + i] = each end
  return list
end

-- At most one worker of all looks for lost leases in each interval.
local function may_sweep() return redis.call('SET', swept_key(), '1', 'NX', 'PX', sweep_interval) end

-- A job that this server knows nothing of was lost with its last second, or is older than its
-- result's time to live: to publish is then better than to run it again.
local function may_publish(id, attempt)
  return holds(id, attempt) or redis.call('EXISTS', job_key(id), result_key(id)) == 0
end

-- The answer to an earlier try may have been lost.
local function is_published(id, attempt)
  local job = redis.call('HMGET', job_key(id), 'attempt', 'consumer', 'status')
  return job[1] == attempt and job[2] == consumer and (job[3] == 'done' or job[3] == 'refused')
end

local function publish(id, status, callback, result)
  redis.call('SET', result_key(id), result, 'PX', result_ttl)
  finish(id, status)
  redis.call('HINCRBY', job_key(id), 'results', 1)
  tell(id, {event = status})
  if callback ~= '' then
    local channel = prefix .. 'callback:' .. callback
    redis.call('XADD', channel, '*', 'id', id, 'status', status)
    trim_before(channel, '~', result_ttl)
  end
end

local function give_back(id, counts_as_delivery, why)
  redis.call('HSET', job_key(id), 'status', 'pending', 'reason', why)
  if not counts_as_delivery then redis.call('HINCRBY', job_key(id), 'returned', 1) end
  redis.call('DEL', swept_key())
end
