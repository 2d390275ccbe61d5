-- ARGV: stream, entry, id, attempt. 1 when the lease began anew, 0 when it was lost.
local stream, entry, id, attempt = ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3]
if not holds(id, attempt) then return 0 end
redis.call('PEXPIRE', job_key(id), math.max(result_ttl, dead_retention))
return #redis.call('XCLAIM', stream, group, consumer, 0, entry, 'JUSTID')
