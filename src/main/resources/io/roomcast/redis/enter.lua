-- ARGV  session, user, session, user, ...

local changed = {}
for i = 1, #ARGV, 2 do
    if redis.call('HSETNX', KEYS[3], ARGV[i], ARGV[i + 1]) == 1 and came(ARGV[i + 1]) then
        changed[#changed + 1] = ARGV[i + 1]
    end
end
return answer(changed)
