-- Returns { revision, users, origin, number of leases with users in the room, lease, ..., name, ... }, with the first
-- names.
--
-- ARGV[3]  most names

local limit = tonumber(ARGV[3])
local held = leases()
local names = {}
if limit > 0 then
    each(function(user)
        if user ~= names[#names] then
            if #names == limit then
                return true
            end
            names[#names + 1] = user
        end
    end)
end
return with(with({ score('#revision'), score('#users'), score('#origin'), #held }, held), names)
