-- Renews a node's lease, and claims the leases that have run out: the node that is answered one removes its members.
-- Answers { state, claimed lease, ... }; state is 'held', 'late' (it had run out, but nobody had noticed), 'gone' (another node has
-- claimed it) or 'lost' (Redis knows nothing of it).
--
-- KEYS[1]  leases: a sorted set by the time when they run out, in ms
-- KEYS[2]  claims: a sorted set of leases that ran out, by the time until which their claim is good
-- KEYS[3]  tombstone of this lease
-- ARGV[1]  lease
-- ARGV[2]  its time in ms, and a claim's
-- ARGV[3]  'new', 'held' or 'end'
-- ARGV[4]  'claim' to claim others

local lease, length = ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)

local expiry = redis.call('ZSCORE', KEYS[1], lease)
local state = 'held'
if not expiry and ARGV[3] ~= 'new' then
    if redis.call('ZSCORE', KEYS[2], lease) or redis.call('EXISTS', KEYS[3]) == 1 then
        return { 'gone' }
    end
    return { 'lost' }
end
if ARGV[3] == 'end' then
    redis.call('ZADD', KEYS[1], 0, lease)
    return { 'held' }
end
if expiry and tonumber(expiry) < now then
    state = 'late'
end
redis.call('ZADD', KEYS[1], now + length, lease)

local answer = { state }
if ARGV[4] == 'claim' and state == 'held' then
    for _, leases in ipairs({ KEYS[1], KEYS[2] }) do
        for _, expired in ipairs(redis.call('ZRANGEBYSCORE', leases, '-inf', now)) do
            redis.call('ZREM', KEYS[1], expired)
            redis.call('ZADD', KEYS[2], now + length, expired)
            answer[#answer + 1] = expired
        end
    end
end
return answer
