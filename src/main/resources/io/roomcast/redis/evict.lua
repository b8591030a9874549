-- Evicts a lease: fences it, so that late commands of its node change nothing, and removes its users, up to a limit.
-- The first node that evicts a lease announces who left. Returns { revision, users, 1 if there are more users to remove
-- }.
--
-- ARGV[3]  most users to remove

local most = tonumber(ARGV[3])
local now = math.floor(micros() / 1000)
local changes, gone, left, count = {}, {}, {}, 0
put(changes, text(-now), '!' .. lease)
local fences = redis.call('ZRANGEBYSCORE', KEYS[1], text(-now + FENCE_MS), '(0')
for _, fence in ipairs(fences) do
    if string.sub(fence, 1, 1) == '!' then
        gone[#gone + 1] = fence
    end
end
if redis.call('ZSCORE', KEYS[1], '@' .. lease) then
    local isElsewhere = elsewhere()
    each(function(user, holder)
        if holder == lease then
            if count == most then
                count = count + 1
                return true
            end
            count = count + 1
            gone[#gone + 1] = user .. '\n' .. holder
            local stays = isElsewhere(user)
            if not stays then
                left[#left + 1] = user
            end
            forget(user, stays)
        end
    end)
    if count <= most then
        gone[#gone + 1] = '@' .. lease
        shownSum = 0
    end
end
return with(commit({}, left, changes, gone), { count > most and 1 or 0 })
