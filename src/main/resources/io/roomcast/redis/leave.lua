-- Removes a user of the lease. Returns { revision, users, id of the user if it left }.
--
-- ARGV[3]  user
-- ARGV[4]  its part of the checksum

local entry = ARGV[3] .. '\n' .. lease
if not redis.call('ZSCORE', KEYS[1], entry) then
    return { score('#revision'), score('#users') }
end
local left, changes, gone = {}, {}, { entry }
local sum = (checksum() - tonumber(ARGV[4])) % SUMS
if sum == 0 then
    gone[2] = '@' .. lease
else
    put(changes, text(-1 - sum), '@' .. lease)
end
local stays = elsewhere()(ARGV[3])
if not stays then
    left[1] = ARGV[3]
end
forget(ARGV[3], stays)
if sum == 0 then
    shownSum = 0
end
return with(commit({}, left, changes, gone), left)
