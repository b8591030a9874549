-- Enters users under the lease. Returns { revision, users, id of each user who joined, ... }, or { -1 } if the lease
-- is fenced, or { -2, revision, users } if the room has no place for all who would join; then nothing has changed.
--
-- ARGV[3]     most users of the room; 0 for no limit
-- ARGV[4...]  user, its part of the checksum, its name and info (see presence.lua), their part of the checksum, ...

if isFenced() then
    return { -1 }
end
local isElsewhere = elsewhere()
local joined, changes, sum = {}, {}, checksum()
for i = 4, #ARGV, 4 do
    local user = ARGV[i]
    local entry = user .. '\n' .. lease
    local isShownOtherwise = show(user, ARGV[i + 2], tonumber(ARGV[i + 3]), true)
    local isPresent = true
    if not redis.call('ZSCORE', KEYS[1], entry) then
        put(changes, '0', entry)
        sum = (sum + tonumber(ARGV[i + 1])) % SUMS
        isPresent = isElsewhere(user)
    end
    if not isPresent then
        joined[#joined + 1] = user
    elseif isShownOtherwise then
        renamed[#renamed + 1] = user
    end
end
local most = tonumber(ARGV[3])
if most > 0 and #joined > 0 and score('#users') + #joined > most then
    return { -2, score('#revision'), score('#users') }
end
if #changes > 0 then
    put(changes, text(-1 - sum), '@' .. lease)
end
return with(commit(joined, {}, changes, {}), joined)
