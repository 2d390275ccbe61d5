-- The next job of these streams: one whose lease ended, else a new one. With an entry that a blocking
-- read brought: that one. ARGV: stream and entry ('' and '' without), whether to sweep, streams in order.
local stream, entry = ARGV[first], ARGV[first + 1]
if entry == '' then return reply(next_of(first + 3, ARGV[first + 2])) end
-- Still this consumer's: its lease may have ended while the answer was on its way. If not it begins anew,
-- because a slow link has used up much of it.
local pending = redis.call('XPENDING', stream, group, entry, entry, 1, consumer)
if #pending > 0 then redis.call('XCLAIM', stream, group, consumer, 0, entry, 'JUSTID') end
local range = #pending > 0 and redis.call('XRANGE', stream, entry, entry) or {}
return reply(#range > 0 and try(stream, entry, range[1][2]) or nil)
