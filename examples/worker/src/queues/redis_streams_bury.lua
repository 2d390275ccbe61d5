-- ARGV: stream, entry, id ('' when the payload names none), attempt, reason, log.
local stream, entry, id, attempt = ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3]
if id ~= '' and not holds(id, attempt) then return 0 end
if id == '' and #redis.call('XPENDING', stream, group, entry, entry, 1, consumer) == 0 then return 0 end
local range = redis.call('XRANGE', stream, entry, entry)
local payload = #range > 0 and map_of(range[1][2]).job or ''
make_dead(id ~= '' and id or nil, stream:sub(#prefix + 1), payload, ARGV[first + 4], ARGV[first + 5])
redis.call('XACK', stream, group, entry)
redis.call('XDEL', stream, entry)
return 1
