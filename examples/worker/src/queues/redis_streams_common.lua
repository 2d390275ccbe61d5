-- Of every script on streams: how an entry becomes a delivery.
local function end_entry(stream, entry)
  redis.call('XACK', stream, group, entry)
  redis.call('XDEL', stream, entry)
end

-- Whether the job is known to lie in another entry. When that is gone, this one is the only one.
local function lies_elsewhere(job, place)
  if not job or not job.place or job.place == place then return false end
  local stream, entry = job.place:match('^(.+) (%d+%-%d+)$')
  return stream and #redis.call('XRANGE', stream, entry, entry) > 0
end

-- Why a payload that names no id is not delivered once more: it may be what its workers die of, and has
-- no record that counts.
local function nameless_verdict(stream, entry)
  local deliveries = redis.call('XPENDING', stream, group, entry, entry, 1)[1][4]
  return deliveries > max_deliveries and too_often(deliveries - 1) or nil
end

local function try(stream, entry, values)
  local fields = map_of(values)
  local payload, place = fields.job, stream .. ' ' .. entry
  local small = payload and #payload <= max_payload
  local id = fields.id and is_id(fields.id) and fields.id or small and id_in(payload) or nil
  local job = id and record_of(id)
  local elsewhere = lies_elsewhere(job, place)
  local verdict = look(payload, job, function() return not elsewhere end)
  if not verdict and not id then verdict = nameless_verdict(stream, entry) end
  local queue = stream:sub(#prefix + 1)
  if not verdict then return begin(id, job, place, queue, entry, payload, tonumber(entry:match('^%d+'))) end
  if verdict == 'duplicate' then
    counts.duplicates = counts.duplicates + 1
  else
    make_dead(not elsewhere and not (job and job.foreign) and id or nil, queue, payload or '', verdict, '[]')
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

-- One whose lease ended, else a new one, of the streams that ARGV names from `from` on.
local function next_of(from, sweep)
  local streams = {}
  for i = from, #ARGV do streams[#streams + 1] = ARGV[i] end
  if may_sweep(sweep) then
    for _, stream in ipairs(streams) do
      local found = reclaim(stream)
      if found then
        -- There may be more. But the last delivery of what may have killed its workers is made alone:
        -- who shared them with it is not to share the next one too, and be taken for the culprit.
        if found[6] < max_deliveries then redis.call('DEL', swept_key()) end
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
