-- ARGV: list, id, attempt. 1 when the lease began anew, 0 when it was lost.
if not holds(ARGV[first + 1], ARGV[first + 2]) then return 0 end
redis.call('SET', ARGV[first] .. ':lease:' .. consumer, '1', 'PX', lease)
redis.call('ZADD', ARGV[first] .. ':consumers', now_ms(), consumer)
redis.call('PEXPIRE', job_key(ARGV[first + 1]), math.max(result_ttl, dead_retention))
return 1
