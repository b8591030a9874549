-- Renews a node's lease. Answers { state, lease, ... }: all leases that nobody has found to have run out. State is 'held', 'late' (it had
-- run out, but nobody had noticed), or 'lost' (it is not known, or not any more).
--
-- KEYS[1]  leases: a sorted set by the time when they run out, in ms
-- ARGV[1]  lease
-- ARGV[2]  its time in ms
-- ARGV[3]  'new', 'held' or 'end'
-- ARGV[4]  'judge' to find out who has run out

local length = tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

if ARGV[3] == 'end' then
    redis.call('ZREM', KEYS[1], ARGV[1])
    return { 'held' }
end
local expiry = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not expiry and ARGV[3] == 'held' then
    return { 'lost' }
end
local answer = { expiry and tonumber(expiry) < now and 'late' or 'held' }
redis.call('ZADD', KEYS[1], now + length, ARGV[1])
if ARGV[4] == 'judge' and answer[1] == 'held' then
    redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
end
redis.call('PEXPIRE', KEYS[1], 10 * length)
for _, lease in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
    answer[#answer + 1] = lease
end
return answer
