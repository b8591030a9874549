-- Enters users under the lease. Returns { revision, users, name of each user who joined, ... }, or { -1 } if the lease
-- is fenced.
--
-- ARGV[3...]  user, its part of the checksum, ...

if isFenced() then
    return { -1 }
end
local isElsewhere = elsewhere()
local joined, changes, sum = {}, {}, checksum()
for i = 3, #ARGV, 2 do
    local entry = ARGV[i] .. '\n' .. lease
    if not redis.call('ZSCORE', KEYS[1], entry) then
        put(changes, '0', entry)
        sum = (sum + tonumber(ARGV[i + 1])) % SUMS
        if not isElsewhere(ARGV[i]) then
            joined[#joined + 1] = ARGV[i]
        end
    end
end
if #changes > 0 then
    put(changes, text(-1 - sum), '@' .. lease)
end
return with(commit(joined, {}, changes, {}), joined)
