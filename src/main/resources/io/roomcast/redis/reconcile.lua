-- Replaces the users of the lease by those of its node, and counts them again. Returns the same as enter.lua.
--
-- ARGV[3...]  as for enter.lua

local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'zset' and kind ~= 'none' then
    redis.call('DEL', KEYS[1]) -- A key of another application.
end
if isFenced() then
    return { -1 }
end
local isElsewhere = elsewhere()
local wanted, sum = {}, 0
for i = 3, #ARGV, 4 do
    wanted[ARGV[i]] = i
    sum = (sum + tonumber(ARGV[i + 1])) % SUMS
end
local function correct(i)
    return show(ARGV[i], ARGV[i + 2], tonumber(ARGV[i + 3]), false)
end
local joined, left, changes, gone = {}, {}, {}, {}
local users, last = 0, nil
each(function(user, holder)
    if user ~= last then
        users, last = users + 1, user
    end
    if holder == lease then
        if wanted[user] then
            if correct(wanted[user]) then
                renamed[#renamed + 1] = user
            end
            wanted[user] = nil
        else
            gone[#gone + 1] = user .. '\n' .. lease
            local stays = isElsewhere(user)
            if not stays then
                left[#left + 1] = user
            end
            forget(user, stays)
        end
    end
end)
local shown = 0
for i = 3, #ARGV, 4 do
    local user = ARGV[i]
    shown = (shown + tonumber(ARGV[i + 3])) % SUMS
    if wanted[user] then
        put(changes, '0', user .. '\n' .. lease)
        local isShownOtherwise = correct(i)
        if not isElsewhere(user) then
            joined[#joined + 1] = user
        elseif isShownOtherwise then
            renamed[#renamed + 1] = user
        end
    end
end
shownSum = shown
if #ARGV > 2 then
    put(changes, text(-1 - sum), '@' .. lease)
else
    gone[#gone + 1] = '@' .. lease
end
return with(commit(joined, left, changes, gone, users), joined)
