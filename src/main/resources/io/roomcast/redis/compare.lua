-- Tells how the room stands, for a node to compare with what it knows. Answers { whether its users are the same: 1, 0, or -1 where the lease is
-- fenced, revision, users, lease, ... }. In rooms of up to COUNTED entries they are counted too, so that nothing rests on a sum alone.
--
-- ARGV[3]  checksum of the node's users
-- ARGV[4]  how many they are

local same = checksum() == tonumber(ARGV[3]) and 1 or 0
if redis.call('ZCOUNT', KEYS[1], 0, 0) <= COUNTED then
    local mine, all, last = 0, 0, nil
    each(function(user, holder)
        if holder == lease then
            mine = mine + 1
        end
        if user ~= last then
            all, last = all + 1, user
        end
    end)
    if mine ~= tonumber(ARGV[4]) or all ~= score('#users') then
        same = 0
    end
end
if isFenced() then
    same = -1
end
local users = score('#users')
if users > 0 then
    renew(users)
end
return with({ same, score('#revision'), users }, leases())
