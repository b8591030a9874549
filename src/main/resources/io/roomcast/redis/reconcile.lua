-- Replaces the users of the lease by those of its node, and counts them again. Returns the same as enter.lua.
--
-- ARGV[3...]  user, its part of the checksum, ...

local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'zset' and kind ~= 'none' then
    redis.call('DEL', KEYS[1]) -- A key of another application.
end
if isFenced() then
    return { -1 }
end
local isElsewhere = elsewhere()
local wanted, sum = {}, 0
for i = 3, #ARGV, 2 do
    wanted[ARGV[i]] = true
    sum = (sum + tonumber(ARGV[i + 1])) % SUMS
end
local joined, left, changes, gone = {}, {}, {}, {}
local users, last = 0, nil
each(function(user, holder)
    if user ~= last then
        users, last = users + 1, user
    end
    if holder == lease then
        if wanted[user] then
            wanted[user] = nil
        else
            gone[#gone + 1] = user .. '\n' .. lease
            if not isElsewhere(user) then
                left[#left + 1] = user
            end
        end
    end
end)
for i = 3, #ARGV, 2 do
    if wanted[ARGV[i]] then
        put(changes, '0', ARGV[i] .. '\n' .. lease)
        if not isElsewhere(ARGV[i]) then
            joined[#joined + 1] = ARGV[i]
        end
    end
end
if #ARGV > 2 then
    put(changes, text(-1 - sum), '@' .. lease)
else
    gone[#gone + 1] = '@' .. lease
end
return with(commit(joined, left, changes, gone, users), joined)
