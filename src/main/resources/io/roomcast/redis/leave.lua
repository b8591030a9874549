-- ARGV  session, user

local changed = {}
if redis.call('HGET', KEYS[3], ARGV[1]) == ARGV[2] then
    redis.call('HDEL', KEYS[3], ARGV[1])
    if went(ARGV[2]) then
        changed[1] = ARGV[2]
    end
end
return answer(changed)
