-- Renews the lease of a node. Returns { state, lease, ... } with all leases that are not known to have expired. State
-- is 'held', 'late' (the lease had expired, but no node had noticed), or 'lost' (the lease is unknown).
--
-- KEYS[1]  leases: a sorted set; the score is the time when a lease expires, in ms
-- ARGV[1]  lease
-- ARGV[2]  duration of the lease in ms
-- ARGV[3]  'new', 'held' or 'end'
-- ARGV[4]  'judge' to find out which leases have expired

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
