-- Result and acknowledgement as one. ARGV: stream, entry, id, attempt, status, callback, result.
-- 1 when it was published, 0 when the job is another's by now.
local stream, entry, id, attempt = ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3]
if is_published(id, attempt) then return 1 end
if not may_publish(id, attempt) then return 0 end
publish(id, ARGV[first + 4], ARGV[first + 5], ARGV[first + 6])
redis.call('XACK', stream, group, entry)
redis.call('XDEL', stream, entry)
return 1
