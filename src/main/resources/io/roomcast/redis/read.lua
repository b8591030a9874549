-- Reads a page of a room's log together with its numbering, so that both belong to the same moment. Returns { epoch,
-- offset, base, more, first offset, first body, second offset, ... }: oldest first for 'after', newest first for
-- 'before'.
--
-- ARGV[5]  'after' or 'before'
-- ARGV[6]  that offset, exclusive
-- ARGV[7]  most messages
-- ARGV[8]  most bytes of bodies, unless the first message is larger
-- ARGV[9]  offset of a message that the reader has already: it is read for a comparison, and does not count
-- ARGV[10] most age of a message in ms
-- ARGV[11] most messages of the log, which may have some more: see publish.lua
-- ARGV[12] '1' if a room without a numbering stays so, and the reply is empty: the archive may know its numbering

local CHUNK = 50
local AGE_MS, MAX_MESSAGES = tonumber(ARGV[10]), tonumber(ARGV[11])

numberingKey, logKey, knownEpoch, knownOffset = KEYS[1], KEYS[2], ARGV[3], ARGV[4]
local room = numbering()
if room.fresh and ARGV[12] == '1' then
    return {}
end
if room.begins then
    begin(room)
elseif room.offset == 0 then
    redis.pcall('PEXPIRE', numberingKey, UNUSED_MS) -- Nodes read their open rooms now and then.
elseif milliseconds() - room.at > UNUSED_MS then
    redis.pcall('PEXPIRE', numberingKey, math.max(LEAST_NUMBERING_MS, 2 * AGE_MS, 2 * tonumber(room.age or 0)))
end
local base = room.base or tonumber(redis.call('HGET', numberingKey, 'base') or 0)
local page = { room.epoch, room.offset, base, 0 }
local forwards = ARGV[5] == 'after'
local next = tonumber(ARGV[6]) + (forwards and 1 or -1)
local limit = tonumber(ARGV[7])
local space = tonumber(ARGV[8])
local known = tonumber(ARGV[9])
local oldest = milliseconds() - AGE_MS
local found = 0

-- Returns whether to read on.
local function take(entry)
    local offset = tonumber(string.match(entry[1], '^%d+'))
    next = offset + (forwards and 1 or -1)
    local at, body = tonumber(entry[2][2]), entry[2][4]
    if not (at and body) then
        return true -- Not an entry of a message.
    end
    if at < oldest or offset <= room.offset - MAX_MESSAGES then
        return forwards
    end
    if offset ~= known then
        space = space - #body
        if found == limit or (space < 0 and found > 0) then
            page[4] = 1
            return false
        end
        found = found + 1
    end
    page[#page + 1] = offset
    page[#page + 1] = body
    return true
end

-- Entries of a log that are newer than the numbering have no offset yet.
if not forwards then
    next = math.min(next, room.offset)
end
local last = forwards and text(room.offset) or '-'
if forwards then
    next = math.max(next, room.offset - MAX_MESSAGES + 1)
end
while next > 0 do
    local command = forwards and 'XRANGE' or 'XREVRANGE'
    local entries = redis.call(command, logKey, text(next), last, 'COUNT', math.min(CHUNK, limit - found + 1))
    for _, entry in ipairs(entries) do
        if not take(entry) then
            return page
        end
    end
    if #entries == 0 then
        return page
    end
end
return page
