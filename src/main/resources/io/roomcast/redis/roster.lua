-- Returns { revision, users, origin, number of leases with users in the room, lease, ..., user, ... }, with the first
-- users: each with a tab and the name, if there is one.
--
-- ARGV[3]  most users

local limit = tonumber(ARGV[3])
local held = leases()
local users, last, newest = {}, nil, -1
if limit > 0 then
    each(function(user, holder)
        if user ~= last then
            if #users == limit then
                return true
            end
            users[#users + 1], last, newest = user, user, -1
        end
        local time, _, name = shownBy(user, holder)
        if time > newest then
            users[#users], newest = described(user, name), time
        end
    end)
end
return with(with({ score('#revision'), score('#users'), score('#origin'), #held }, held), users)
