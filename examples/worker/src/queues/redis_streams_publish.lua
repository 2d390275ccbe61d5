-- Result and acknowledgement as one, and the next job along with it. ARGV: stream, entry, id, attempt,
-- status, callback, result, whether to sweep, streams to take from (none: take nothing). Returns 1
-- when it was published, 0 when the job is another's by now; and the next job.
local stream, entry, id, attempt = ARGV[first], ARGV[first + 1], ARGV[first + 2], ARGV[first + 3]
local published = publish(id, attempt, ARGV[first + 4], ARGV[first + 5], ARGV[first + 6])
if published == 1 then end_entry(stream, entry) end
if #ARGV < first + 8 then return {published} end
-- The result is published by now: what hinders the next job (a group that is gone) is for take to say.
local taken, found = pcall(next_of, first + 8, ARGV[first + 7])
return {published, reply(taken and found or nil)}
