-- Puts other bodies in place of those of messages. An entry of a stream cannot be changed. So the log is copied, with the
-- same ids, and the copy takes the place of the log. A long log takes several calls, so that none is long. Until the last
-- command of the last call, nothing is changed; whatever is refused or lost before, all calls can be repeated.
--
-- A body is replaced only if the new one has the same time: an offset and a time prove a message.
--
-- Returns { state, token, offset }:
--   done    All messages that the log has have their new bodies, or had them before.
--   more    Call again, with the token and the offset.
--   again   The copy is lost, or other bodies were replaced meanwhile, which the copy lacks. Begin anew.
--
-- KEYS     numbering, log, copy
-- ARGV[1]  token of the call before; '' to begin
-- ARGV[2]  its offset
-- ARGV[3]  most messages that are copied in this call
-- ARGV[4]  time to live of the copy in ms, between two calls
-- ARGV[5...] offset, body, offset, ... Further calls may leave out what is before their offset.

local CHUNK = 100
local numberingKey, logKey, copyKey = KEYS[1], KEYS[2], KEYS[3]

local found = redis.call('HMGET', numberingKey, 'epoch', 'replaced')
local epoch = found[1]
local token = (epoch or '') .. ' ' .. (found[2] or '0')
local wanted = {}
for i = 5, #ARGV, 2 do
    wanted[ARGV[i]] = ARGV[i + 1]
end

local function timeOf(body)
    return string.match(body, '[{,]"at":(%d+)') or '0'
end

-- The new body of an entry; nothing if it stays as it is.
local function newBody(entry)
    local body = wanted[string.match(entry[1], '^%d+')]
    local present = entry[2][4]
    return body and present and body ~= present and timeOf(body) == timeOf(present) and body or nil
end

local function isDue()
    for i = 5, #ARGV, 2 do
        local entry = redis.call('XRANGE', logKey, ARGV[i], ARGV[i])[1]
        if entry and newBody(entry) then
            return true
        end
    end
    return false
end

-- Copies the next messages. Returns the offset of the last one if there are more, else nothing.
local function copy(from)
    local left, last = tonumber(ARGV[3]), nil
    while left > 0 do
        local entries = redis.call('XRANGE', logKey, from, '+', 'COUNT', math.min(CHUNK, left))
        if #entries == 0 then
            return nil
        end
        for _, entry in ipairs(entries) do
            entry[2][4] = newBody(entry) or entry[2][4]
            redis.call('XADD', copyKey, entry[1], unpack(entry[2]))
            last = tonumber(string.match(entry[1], '^%d+'))
        end
        from, left = string.format('%.0f', last + 1), left - #entries
    end
    return last
end

local function field(info, name)
    for i = 1, #info, 2 do
        if info[i] == name then
            return info[i + 1]
        end
    end
end

-- The copy has all that the log has, and takes its place.
local function put()
    local oldest = redis.call('XRANGE', logKey, '-', '+', 'COUNT', 1)[1]
    if not oldest then
        redis.call('DEL', copyKey)
        return
    end
    redis.call('XTRIM', copyKey, 'MINID', oldest[1]) -- The log may have been cut meanwhile.
    redis.call('XSETID', copyKey, field(redis.call('XINFO', 'STREAM', logKey), 'last-generated-id'))
    local life = redis.call('PTTL', logKey)
    if life > 0 then
        redis.call('PEXPIRE', copyKey, life)
    else
        redis.call('PERSIST', copyKey)
    end
    redis.call('HINCRBY', numberingKey, 'replaced', 1) -- Copies that others have begun lack these bodies.
    redis.call('RENAME', copyKey, logKey)
end

local function run()
    local from = '-'
    if ARGV[1] == '' then
        if not isDue() then
            return { 'done', token, 0 }
        elseif not epoch then
            redis.call('DEL', logKey) -- Left over from an earlier time of the room: nobody reads it.
            return { 'done', token, 0 }
        end
        redis.call('SET', copyKey, '', 'PX', ARGV[4]) -- A full Redis refuses this, and nothing after it.
        redis.call('DEL', copyKey)
    elseif ARGV[1] ~= token or redis.call('EXISTS', copyKey) == 0 then
        return { 'again', token, 0 }
    else
        from = string.format('%.0f', tonumber(ARGV[2]) + 1)
    end
    local last = copy(from)
    redis.call('PEXPIRE', copyKey, ARGV[4])
    if last then
        return { 'more', token, last }
    end
    put()
    return { 'done', token, 0 }
end

local isDone, reply = pcall(run)
if not isDone then
    redis.pcall('DEL', copyKey)
    return { err = type(reply) == 'table' and reply.err or 'ERR ' .. tostring(reply) }
end
return reply
