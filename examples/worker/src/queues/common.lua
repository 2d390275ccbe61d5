-- The beginning of every script. All keys share a prefix, and where that holds a hash tag a slot:
-- KEYS[1] tells a cluster which. Time is this server's.
local prefix, group, consumer = ARGV[1], ARGV[2], ARGV[3]
local lease, result_ttl, dead_retention = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local result_ttl_digits = ARGV[5]
local max_deliveries, max_payload = tonumber(ARGV[7]), tonumber(ARGV[8])
local first = 9 -- of a script's own arguments

local sweep_interval = math.max(50, math.min(1000, math.floor(lease / 10))) -- as RedisContext has it
local dead = prefix .. 'jobs:dead'
local counts = {reclaimed = 0, duplicates = 0, buried = 0}

local function job_key(id) return prefix .. 'job:' .. id end
local function result_key(id) return prefix .. 'result:' .. id end
local function swept_key() return prefix .. 'swept:' .. group end

-- One moment for all of a script.
local moment
local function now_ms()
  if not moment then
    local time = redis.call('TIME')
    moment = time[1] * 1000 + math.floor(time[2] / 1000)
  end
  return moment
end

-- Redis writes a number of Lua's as a fraction of up to 17 digits, which is a third of what a short command costs.
local function digits(number) return string.format('%d', number) end

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
  if id ~= '' then redis.call('PUBLISH', prefix .. 'events:' .. id, event) end
end

-- What is known of a job. Read once in each script: calls are what a script's time goes to. A key of
-- this name that is no record must not stop whoever comes upon it, again and again.
local function record_of(id)
  local job = redis.pcall('HMGET', job_key(id), 'status', 'attempt', 'consumer', 'returned', 'place', 'results')
  if job.err then return {foreign = true, returned = 0, results = 0} end
  return {status = job[1], attempt = job[2], consumer = job[3], returned = tonumber(job[4]) or 0, place = job[5],
    results = tonumber(job[6]) or 0}
end

-- A worker whose delivery is not the last one has lost its lease. The consumer is compared too:
-- a server that came back without its last second may give a number twice.
local function is_last(job, attempt) return job.attempt == attempt and job.consumer == consumer end

local function holds(id, attempt)
  local job = record_of(id)
  return job.status == 'running' and is_last(job, attempt)
end

local function trim_before(key, how, age) redis.call('XTRIM', key, 'MINID', how, math.max(0, now_ms() - age)) end

-- `log` is a JSON list of lines.
local function make_dead(id, queue, payload, reason, log)
  local last = id and redis.call('HMGET', job_key(id), 'consumer', 'attempt') or {}
  redis.call('XADD', dead, '*', 'id', id or '', 'queue', queue, 'reason', reason, 'worker', last[1] or consumer,
    'attempt', last[2] or 0, 'log', log, 'payload_bytes', #payload, 'payload', #payload <= max_payload and payload or '')
  trim_before(dead, '=', dead_retention)
  if id then
    redis.call('HSET', job_key(id), 'status', 'dead', 'reason', reason, 'finished', now_ms())
    redis.call('PEXPIRE', job_key(id), dead_retention)
    tell(id, cjson.encode({event = 'dead', reason = reason}))
  end
end

local function too_often(deliveries) return string.format('delivered %d times, and no worker finished it', deliveries) end

-- Whether a delivery is worth beginning; else why not: 'duplicate', or the reason for a burial.
-- `job` is what is known of its id, `mine` tells whether that is this one.
local function look(payload, job, mine)
  if not payload then return 'there is no field "job"' end
  if #payload > max_payload then
    return string.format('a payload of %d bytes; %d are accepted', #payload, max_payload)
  end
  if not job then return nil end
  if job.foreign then return 'the key of its record holds something of somebody else' end
  if job.status == 'done' or job.status == 'refused' or job.status == 'dead' or not mine(job) then return 'duplicate' end
  local deliveries = (tonumber(job.attempt) or 0) - job.returned
  if deliveries >= max_deliveries then
    return too_often(deliveries) .. '; the last was ' .. (job.consumer or '?')
  end
  return nil
end

-- Counts the delivery; what is returned goes to the worker. A payload that names no id has none
-- here: it is about to be buried by the worker, who can say what is wrong with it.
local function begin(id, job, place, queue, handle, payload, since)
  local attempt, deliveries, now = 1, 1, now_ms()
  if id then
    attempt = (tonumber(job.attempt) or 0) + 1
    deliveries = attempt - job.returned
    if job.status == 'running' then counts.reclaimed = counts.reclaimed + 1 end
    redis.call('HSET', job_key(id), 'attempt', digits(attempt), 'status', 'running', 'consumer', consumer, 'place', place,
      'started', digits(now))
  end
  return {1, queue, handle, id or '', attempt, deliveries, math.max(0, now - (since or now)), payload}
end

local function reply(found)
  local list = {counts.reclaimed, counts.duplicates, counts.buried}
  for i, each in ipairs(found or {0}) do list[3 + i] = each end
  return list
end

-- At most one worker of all looks for lost leases in each interval; `wanted` is '1' when this one
-- has not tried to for as long.
local function may_sweep(wanted)
  return wanted == '1' and redis.call('SET', swept_key(), '1', 'NX', 'PX', sweep_interval)
end

-- Publishes a result unless the job is another's by now: 1 when it was, 0 when not. The answer to
-- an earlier try may have been lost. A job that this server knows nothing of was lost with its last
-- second, or is older than its result's time to live: to publish is then better than to run it again.
local function publish(id, attempt, status, callback, result)
  local job, key = record_of(id), job_key(id)
  if job.status ~= 'running' or not is_last(job, attempt) then
    if (job.status == 'done' or job.status == 'refused') and is_last(job, attempt) then return 1 end
    if redis.call('EXISTS', key, result_key(id)) > 0 then return 0 end
  end
  redis.call('SET', result_key(id), result, 'PX', result_ttl_digits)
  redis.call('HSET', key, 'status', status, 'finished', digits(now_ms()), 'results', digits(job.results + 1))
  redis.call('PEXPIRE', key, result_ttl_digits)
  tell(id, '{"event":"' .. status .. '"}')
  if callback ~= '' then
    local channel = prefix .. 'callback:' .. callback
    redis.call('XADD', channel, '*', 'id', id, 'status', status)
    trim_before(channel, '~', result_ttl)
  end
  return 1
end

local function give_back(id, counts_as_delivery, why)
  redis.call('HSET', job_key(id), 'status', 'pending', 'reason', why)
  if not counts_as_delivery then redis.call('HINCRBY', job_key(id), 'returned', 1) end
  redis.call('DEL', swept_key())
end
