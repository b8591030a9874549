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
-- KEYS[1]  that set
-- KEYS[2]  channel of the room
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

-- Returns all leases that have users in the room.
local function leases()
    local found = {}
    for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', '(0')) do
        if string.sub(member, 1, 1) == '@' then
            found[#found + 1] = string.sub(member, 2)
        end
    end
    return found
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
end

local function put(changes, number, member)
    changes[#changes + 1] = number
    changes[#changes + 1] = member
end

local function inPages(command, arguments)
    for from = 1, #arguments, PAGE do
        local reply = redis.pcall(command, KEYS[1], unpack(arguments, from, math.min(from + PAGE - 1, #arguments)))
        if type(reply) == 'table' and reply.err then
            return reply
        end
    end
end

-- Makes a change, numbers it, and publishes it to all nodes that listen. Entries are added first: if Redis refuses the
-- rest, nothing has changed, or there are too many entries, which the comparison finds. Users who were added stay, and
-- so does the revision at which they joined: nobody was told of it, and nodes that find it read the roster. Returns
-- revision and users.
local function commit(joined, left, changes, gone, users)
    local before = score('#revision')
    local usersBefore = score('#users')
    local originBefore = score('#origin')
    local sumBefore = redis.call('ZSCORE', KEYS[1], '@' .. lease)
    local revision = before
    users = (users or usersBefore) + #joined - #left
    if #joined + #left > 0 then
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
    local refused = inPages('ZADD', changes)
    if refused then
        return refused
    end
    if isNew and #changes > 0 then
        refused = redis.pcall('PEXPIRE', KEYS[1], ARGV[2])
        if type(refused) == 'table' then
            redis.pcall('DEL', KEYS[1]) -- It would never expire.
            return refused
        end
    end
    refused = inPages('ZREM', gone)
    if refused then
        local back = {}
        if users > 0 then
            put(back, text(users + #left), '#users')
            if #joined == 0 and before > 0 then
                put(back, text(before), '#revision')
            end
        end
        if sumBefore then
            put(back, sumBefore, '@' .. lease)
        end
        inPages('ZADD', back)
        return refused
    end
    renew(users)
    if #joined + #left > 0 then
        local told = { ENVELOPE .. text(before) .. ' ' .. text(revision) .. ' ' .. text(users) }
        for _, user in ipairs(joined) do
            told[#told + 1] = '+' .. user
        end
        for _, user in ipairs(left) do
            told[#told + 1] = '-' .. user
        end
        redis.call(PUBLISH, KEYS[2], table.concat(told, '\n'))
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
