-- Puts a lease out: fences it, so that no command of its node that comes late brings anything back, and takes its users out, the first of
-- them if they are many. Whoever does it first tells who left; anyone after, that nobody did. Answers { revision, users, whether there are more }.
--
-- ARGV[3]  users at most

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
            if not isElsewhere(user) then
                left[#left + 1] = user
            end
        end
    end)
    if count <= most then
        gone[#gone + 1] = '@' .. lease
    end
end
return with(commit({}, left, changes, gone), { count > most and 1 or 0 })
