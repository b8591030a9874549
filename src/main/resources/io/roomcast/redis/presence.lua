-- The users in a room. This file precedes the scripts that use it. Everything is in one sorted set, so that no part can
-- be lost without the others:
--
--   USER\nLEASE  0               the user is in the room through the node that holds the lease
--   @LEASE       -1 - CHECKSUM   the lease has users in the room; the checksum of its node's users
--   !LEASE       -MILLISECONDS   a fence: the lease was evicted at that time, and no user enters under it any more
--   #users       number of users
--   #revision    of the last change: the time in microseconds, or one more than the revision before; so it grows even
--                if data were lost
--   #origin      revision at which the first of the users joined
--
-- What is shown for users is in a hash beside it, which has no entry for a user of whom the id is shown:
--
--   USER\nLEASE  TIME SUM NAME  what the node that holds the lease calls the user, since that time (hexadecimal ms). A
--                               tab and an info follow NAME, if there is one. NAME is empty where this node shows the
--                               id, and another one something else. SUM is the user's part of the checksum
--   @LEASE       CHECKSUM       the checksum of what the lease's node shows; none if that is 0
--
-- The set decides who is in the room. A name that is lost is found by its checksum, and entered again.
--
-- KEYS[1]  that set
-- KEYS[2]  channel of the room
-- KEYS[3]  that hash
-- ARGV[1]  lease
-- ARGV[2]  time to live in ms, renewed by each command: a set that no node renews expires

local lease = ARGV[1]
local SUMS = 70368744177664 -- 2^46
local PAGE = 1000

local function text(number)
    return string.format('%.0f', number)
end

local function micros()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000000 + tonumber(time[2])
end

local function score(member)
    return tonumber(redis.call('ZSCORE', KEYS[1], member) or 0)
end

local function isFenced()
    return redis.call('ZSCORE', KEYS[1], '!' .. lease)
end

local function checksum()
    local found = redis.call('ZSCORE', KEYS[1], '@' .. lease)
    return found and -1 - tonumber(found) or 0
end

-- Whether nothing but ids was shown in the room before this command. A key of another type is that of another
-- application.
local shownKind = redis.call('TYPE', KEYS[3])['ok']
local onlyIds = shownKind ~= 'hash'

-- What this command changes in the hash, the users whom it makes shown otherwise, and what is shown for those whom it
-- enters.
local shownChanges, shownGone, renamed, shownNow = {}, {}, {}, {}

-- The fields of the hash that this command has read.
local shownBefore = {}

local function shownField(field)
    shownBefore[field] = not onlyIds and redis.call('HGET', KEYS[3], field) or nil
    return shownBefore[field]
end

local function shownChecksum()
    return tonumber(shownField('@' .. lease) or 0)
end

local shownSum = shownChecksum()

-- Returns the time, the part of the checksum, and the name with the info; no name if there is no entry.
local function shownBy(user, holder)
    local time, sum, name = string.match(shownField(user .. '\n' .. holder) or '', '^(%x+) (%d+) (.*)$')
    if not time then
        return -1, 0, nil
    end
    return tonumber(time, 16), tonumber(sum), name
end

-- All leases that had users in the room before this command; nil until they are read.
local leasesBefore

local function leases()
    if leasesBefore then
        return leasesBefore
    end
    leasesBefore = {}
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(0')) do
        if string.sub(member, 1, 1) == '@' then
            leasesBefore[#leasesBefore + 1] = string.sub(member, 2)
        end
    end
    return leasesBefore
end

-- Returns whether a user is in the room under another lease.
local function elsewhere()
    local others = {}
    for _, other in ipairs(leases()) do
        if other ~= lease then
            others[#others + 1] = other
        end
    end
    return function(user)
        for _, other in ipairs(others) do
            if redis.call('ZSCORE', KEYS[1], user .. '\n' .. other) then
                return true
            end
        end
        return false
    end
end

-- Calls visit(user, lease) for each user, in the order of names, until it returns true.
local function each(visit)
    local from = redis.call('ZCOUNT', KEYS[1], '-inf', '(0')
    while true do
        local page = redis.call('ZRANGE', KEYS[1], from, from + PAGE - 1)
        for _, entry in ipairs(page) do
            local at = string.find(entry, '\n', 1, true)
            if not at or visit(string.sub(entry, 1, at - 1), string.sub(entry, at + 1)) then
                return
            end
        end
        if #page < PAGE then
            return
        end
        from = from + PAGE
    end
end

-- Never shortens the time to live that another node has set.
local function renew(users)
    local life = EMPTY_MS
    if users > 0 then
        life = math.max(tonumber(ARGV[2]), redis.call('PTTL', KEYS[1]))
    end
    redis.call('PEXPIRE', KEYS[1], text(life))
    if not onlyIds or #shownChanges > 0 then
        redis.call('PEXPIRE', KEYS[3], text(life))
    end
end

local function put(changes, one, other)
    changes[#changes + 1] = one
    changes[#changes + 1] = other
end

local function inPages(command, key, arguments)
    for from = 1, #arguments, PAGE do
        local reply = redis.pcall(command, key, unpack(arguments, from, math.min(from + PAGE - 1, #arguments)))
        if type(reply) == 'table' and reply.err then
            return reply
        end
    end
end

-- Bounds the life of a new key. If Redis refuses that, deletes the key, which would never expire, and returns the error.
local function bound(key)
    local reply = redis.pcall('PEXPIRE', key, ARGV[2])
    if type(reply) == 'table' then
        redis.pcall('DEL', key)
        return reply
    end
end

-- Writes to the hash what it had before: a name that is not told must be found again as one that differs.
local function takeBackShown()
    local back, new = {}, {}
    for i = 1, #shownChanges, 2 do
        local field = shownChanges[i]
        if shownBefore[field] then
            put(back, field, shownBefore[field])
        else
            new[#new + 1] = field
        end
    end
    inPages('HSET', KEYS[3], back)
    inPages('HDEL', KEYS[3], new)
end

-- Returns the newest name of a user under other leases, its time, whether one of them has an entry, and the time since
-- which one of them has this name.
local function shownElsewhere(user, name)
    local newest, shown, same = -1, '', -1
    if not onlyIds then
        for _, other in ipairs(leases()) do
            if other ~= lease then
                local time, _, found = shownBy(user, other)
                if time > newest then
                    newest, shown = time, found
                end
                if found == name then
                    same = math.max(same, time)
                end
            end
        end
    end
    return shown, newest, same
end

-- Shows a user of the lease under this name, which is empty for the id. The newest name is the one that is shown, so
-- an entered user is shown so from now on. A node that corrects its users, or moves them to another lease, changes
-- nothing where the name is known already.
local function show(user, name, sum, entered)
    local time, oldSum, old = shownBy(user, lease)
    local other, otherTime, same = shownElsewhere(user, name)
    local before = time > otherTime and old or other
    local after = before
    shownSum = (shownSum - oldSum + sum) % SUMS
    if name == '' and otherTime < 0 then
        if old then
            shownGone[#shownGone + 1] = user .. '\n' .. lease
        end
        after = ''
    elseif old ~= name or (entered and before ~= name) then
        local since = math.max(math.floor(micros() / 1000), time + 1, otherTime + 1)
        if not entered and same >= 0 then
            since = same
        end
        put(shownChanges, user .. '\n' .. lease, string.format('%x', since) .. ' ' .. text(sum) .. ' ' .. name)
        after = since >= otherTime and name or other
    end
    shownNow[user] = after
    return before ~= after
end

-- Forgets what the lease's node shows for a user, who stays in the room under another lease or not.
local function forget(user, stays)
    local time, oldSum, old = shownBy(user, lease)
    if not old then
        return
    end
    shownSum = (shownSum - oldSum) % SUMS
    shownGone[#shownGone + 1] = user .. '\n' .. lease
    if stays then
        local other, otherTime = shownElsewhere(user, '')
        if time > otherTime and old ~= other then
            shownNow[user] = other
            renamed[#renamed + 1] = user
        end
    end
end

local function described(user, name)
    return (name or '') == '' and user or user .. '\t' .. name
end

-- Makes a change, numbers it, and publishes it to all nodes that listen. Entries are added first: if Redis refuses the
-- rest, nothing has changed, or there are too many entries, which the comparison finds. Users who were added stay, and
-- so do their new names, and the revision of both: nobody was told of it, and nodes that find it read the roster.
-- Returns revision and users.
local function commit(joined, left, changes, gone, users)
    local before = score('#revision')
    local usersBefore = score('#users')
    local originBefore = score('#origin')
    local sumBefore = redis.call('ZSCORE', KEYS[1], '@' .. lease)
    local revision = before
    local told = #joined + #left + #renamed
    users = (users or usersBefore) + #joined - #left
    if told > 0 then
        revision = math.max(before + 1, micros())
    end
    if users > 0 then
        if revision == 0 then
            revision = micros()
        end
        if revision ~= before or users ~= usersBefore then
            put(changes, text(revision), '#revision')
            put(changes, text(users), '#users')
        end
        if originBefore == 0 then
            put(changes, text(revision), '#origin')
        end
    elseif before > 0 then
        gone[#gone + 1] = '#revision'
        gone[#gone + 1] = '#users'
        gone[#gone + 1] = '#origin'
    end
    local isNew = before == 0 and redis.call('PTTL', KEYS[1]) == -2
    if shownSum ~= shownChecksum() then
        if shownSum == 0 then
            shownGone[#shownGone + 1] = '@' .. lease
        else
            put(shownChanges, '@' .. lease, text(shownSum))
        end
    end
    if #shownChanges > 0 and shownKind ~= 'hash' and shownKind ~= 'none' then
        redis.pcall('DEL', KEYS[3])
    end
    local refused = inPages('HSET', KEYS[3], shownChanges)
    if onlyIds and #shownChanges > 0 then
        refused = refused or bound(KEYS[3])
    end
    if refused then
        return refused
    end
    refused = inPages('ZADD', KEYS[1], changes)
    if isNew and #changes > 0 then
        refused = refused or bound(KEYS[1])
    end
    if refused then
        takeBackShown()
        return refused
    end
    refused = inPages('ZREM', KEYS[1], gone)
    if refused then
        local back = {}
        if users > 0 then
            put(back, text(users + #left), '#users')
            if #joined == 0 and #renamed == 0 and before > 0 then
                put(back, text(before), '#revision')
            end
        end
        if sumBefore then
            put(back, sumBefore, '@' .. lease)
        end
        inPages('ZADD', KEYS[1], back)
        return refused
    end
    inPages('HDEL', KEYS[3], shownGone)
    renew(users)
    if told > 0 then
        local lines = { ENVELOPE .. text(before) .. ' ' .. text(revision) .. ' ' .. text(users) }
        for _, user in ipairs(joined) do
            lines[#lines + 1] = '+' .. described(user, shownNow[user])
        end
        for _, user in ipairs(renamed) do
            lines[#lines + 1] = '=' .. described(user, shownNow[user])
        end
        for _, user in ipairs(left) do
            lines[#lines + 1] = '-' .. user
        end
        redis.call(PUBLISH, KEYS[2], table.concat(lines, '\n'))
    end
    return { revision, users }
end

-- Appends names to the reply.
local function with(answer, names)
    if not answer.err then
        for _, name in ipairs(names) do
            answer[#answer + 1] = name
        end
    end
    return answer
end
