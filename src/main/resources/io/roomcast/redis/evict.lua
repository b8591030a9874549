-- Removes all sessions of a lease. Whoever does it first is told who left; anyone after, that nobody did.

local changed = {}
for _, user in ipairs(redis.call('HVALS', KEYS[3])) do
    if went(user) then
        changed[#changed + 1] = user
    end
end
redis.call('DEL', KEYS[3])
return answer(changed)
