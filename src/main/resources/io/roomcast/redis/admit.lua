-- Admits a node to these data, or takes an admission back. What a node that is not admitted publishes is refused:
-- publish.lua. Returns 1 if it was done, 0 if these are other data, -1 if the life is over.
--
-- KEYS[1]  the hash of lineage.lua; it has a:LIFE: 'never', or the least number that publishes of this life must
--          have, and the run in which they may be carried out
-- ARGV[1]  life of the node
-- ARGV[2]  that number; 'never' if the life is over; '' if the node ends it
-- ARGV[3]  birth of the data in which the node is entered in the database   ARGV[4]  their run

local found = redis.call('HMGET', KEYS[1], 'birth', 'run', 'a:' .. ARGV[1])
if found[1] ~= ARGV[3] or found[2] ~= ARGV[4] then
    return 0
end
if ARGV[2] == '' then
    redis.call('HDEL', KEYS[1], 'a:' .. ARGV[1])
    return 1
end
if ARGV[2] ~= 'never' and found[3] == 'never' then
    return -1
end
-- A call that comes late takes nothing back.
local least = math.max(tonumber(ARGV[2]) or 0, tonumber(string.match(found[3] or '', '^%d+')) or 0)
redis.call('HSET', KEYS[1], 'a:' .. ARGV[1],
    ARGV[2] == 'never' and ARGV[2] or string.format('%.0f', least) .. ' ' .. ARGV[4])
return 1
