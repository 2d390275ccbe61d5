-- The next job of these streams: one whose lease ended, else a new one. With an entry that a blocking
-- read brought: that one. ARGV: stream and entry ('' and '' without), streams in order.
local function end_entry(stream, entry)
  redis.call('XACK', stream, group, entry)
  redis.call('XDEL', stream, entry)
end

-- The entry that a job is known to lie in, unless that is gone: then this one is the only one.
local function lies_elsewhere(id, place)
  local known = id and redis.call('HGET', job_key(id), 'place')
  if not known or known == place then return false end
  local stream, entry = known:match('^(.+) (%d+%-%d+)$')
  return stream and #redis.call('XRANGE', stream, entry, entry) > 0
end

local function try(stream, entry, values)
  local fields = map_of(values)
  local payload, place = fields.job, stream .. ' ' .. entry
  local small = payload and #payload <= max_payload
  local id = fields.id and is_id(fields.id) and fields.id or small and id_in(payload) or nil
  local elsewhere = lies_elsewhere(id, place)
  local verdict = look(id, payload, function() return not elsewhere end)
  local queue = stream:sub(#prefix + 1)
  if not verdict then return begin(id, place, queue, entry, payload, tonumber(entry:match('^%d+'))) end
  if verdict == 'duplicate' then
    counts.duplicates = counts.duplicates + 1
  else
    make_dead(not elsewhere and id or nil, queue, payload or '', verdict, '[]')
    counts.buried = counts.buried + 1
  end
  end_entry(stream, entry)
end

local function reclaim(stream)
  for _, pending in ipairs(redis.call('XPENDING', stream, group, 'IDLE', lease, '-', '+', 16)) do
    local claimed = redis.call('XCLAIM', stream, group, consumer, lease, pending[1])[1]
    if claimed and claimed[2] then
      local found = try(stream, claimed[1], claimed[2])
      if found then return found end
    else
      redis.call('XACK', stream, group, pending[1]) -- deleted by somebody
    end
  end
end

local function next_of(streams)
  if may_sweep() then
    for _, stream in ipairs(streams) do
      local found = reclaim(stream)
      if found then
        redis.call('DEL', swept_key()) -- there may be more
        return found
      end
    end
  end
  for _, stream in ipairs(streams) do
    for _ = 1, 16 do
      local read = redis.call('XREADGROUP', 'GROUP', group, consumer, 'COUNT', 1, 'STREAMS', stream, '>')
      if not read then break end
      local entry = read[1][2][1]
      local found = try(stream, entry[1], entry[2])
      if found then return found end
    end
  end
end

local stream, entry = ARGV[first], ARGV[first + 1]
if entry == '' then
  local streams = {}
  for i = first + 2, #ARGV do streams[#streams + 1] = ARGV[i] end
  return reply(next_of(streams))
end
-- Still this consumer's: its lease may have ended while the answer was on its way.
local pending = redis.call('XPENDING', stream, group, entry, entry, 1, consumer)
local range = #pending > 0 and redis.call('XRANGE', stream, entry, entry) or {}
return reply(#range > 0 and try(stream, entry, range[1][2]) or nil)
