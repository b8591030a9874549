-- Replaces the users of the lease by those of its node, and counts them again. Returns the same as enter.lua.
--
-- ARGV[3...]  user, its part of the checksum, ... as from ARGV[4] for enter.lua. A part with a question mark is that of
--             a user who asks for a place, and is not known to have one: a user who is not in the room stays out

local kind = redis.call('TYPE', KEYS[1])['ok']
if kind ~= 'zset' and kind ~= 'none' then
    redis.call('DEL', KEYS[1]) -- A key of another application.
end
if isFenced() then
    return { -1 }
end
local isElsewhere = elsewhere()
local wanted = {}
for i = 3, #ARGV, 4 do
    wanted[ARGV[i]] = i
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
local entered, sum, shown = 0, 0, 0
for i = 3, #ARGV, 4 do
    local user = ARGV[i]
    local part, asks = string.match(ARGV[i + 1], '^(%d+)(%??)$')
    if not wanted[user] or asks == '' or isElsewhere(user) then
        entered = entered + 1
        sum = (sum + tonumber(part)) % SUMS
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
end
shownSum = shown
if entered > 0 then
    put(changes, text(-1 - sum), '@' .. lease)
else
    gone[#gone + 1] = '@' .. lease
end
return with(commit(joined, left, changes, gone, users), joined)
