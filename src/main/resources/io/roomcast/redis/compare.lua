-- Compares the users of a lease in a room with those of its node. Returns { 1 if they are the same, 0 if not, or -1 if
-- the lease is fenced; revision, users, lease, ... }. Rooms of up to COUNTED entries are counted, too, and not only
-- compared by their checksums.
--
-- ARGV[3]  checksum of the node's users
-- ARGV[4]  number of the node's users
-- ARGV[5]  checksum of what the node shows for them

local same = checksum() == tonumber(ARGV[3]) and shownChecksum() == tonumber(ARGV[5]) and 1 or 0
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
