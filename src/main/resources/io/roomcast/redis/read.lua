-- Reads a page of a room's log together with its numbering, so that both are of one moment.
-- Answers { epoch, offset, base, more, first offset, first body, second offset, ... }, oldest first where it reads 'after', newest
-- first where it reads 'before'.
--
-- ARGV[5]  'after' or 'before'
-- ARGV[6]  that offset, exclusive
-- ARGV[7]  messages at most
-- ARGV[8]  bytes of bodies at most, unless the first message alone has more
-- ARGV[9]  offset of a message that the reader has already: it is read, to be compared, and counts for nothing

local CHUNK = 50

local room = numbering()
if room.begins then
    begin(room)
elseif room.offset == 0 then
    redis.pcall('PEXPIRE', KEYS[1], UNUSED_MS) -- Whoever has a room open reads it now and then.
elseif milliseconds() - room.at > UNUSED_MS then
    redis.pcall('PEXPIRE', KEYS[1], NUMBERING_MS)
end
local page = { room.epoch, room.offset, room.base, 0 }
local forwards = ARGV[5] == 'after'
local next = tonumber(ARGV[6]) + (forwards and 1 or -1)
local limit = tonumber(ARGV[7])
local space = tonumber(ARGV[8])
local known = tonumber(ARGV[9])
local oldest = milliseconds() - AGE_MS
local found = 0

-- Returns whether reading goes on.
local function take(entry)
    local offset = tonumber(string.match(entry[1], '^%d+'))
    next = offset + (forwards and 1 or -1)
    local at, body = tonumber(entry[2][2]), entry[2][4]
    if not (at and body) then
        return true -- Not of a message.
    end
    if at < oldest then
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

-- What stands in a log behind the numbering has no place yet.
if not forwards then
    next = math.min(next, room.offset)
end
local last = forwards and text(room.offset) or '-'
while next > 0 do
    local command = forwards and 'XRANGE' or 'XREVRANGE'
    local entries = redis.call(command, KEYS[2], text(next), last, 'COUNT', math.min(CHUNK, limit - found + 1))
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
