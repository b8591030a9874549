-- Reads a page of a room's log together with its numbering, so that both are of one moment.
-- Answers { epoch, offset, base, more, first offset, first body, second offset, ... }, oldest first where it reads 'after', newest
-- first where it reads 'before'.
--
-- ARGV[4]  'after' or 'before'
-- ARGV[5]  that offset, exclusive
-- ARGV[6]  messages at most
-- ARGV[7]  bytes of bodies at most, unless the first message alone has more

local CHUNK = 50

local room = numbering()
local page = { room.epoch, room.offset, room.base, 0 }
local forwards = ARGV[4] == 'after'
local next = tonumber(ARGV[5]) + (forwards and 1 or -1)
local limit = tonumber(ARGV[6])
local space = tonumber(ARGV[7])
local oldest = milliseconds() - AGE_MS
local found = 0

-- Returns whether reading goes on.
local function take(entry)
    next = tonumber(string.match(entry[1], '^%d+')) + (forwards and 1 or -1)
    if tonumber(entry[2][2]) < oldest then
        return forwards
    end
    local body = entry[2][4]
    space = space - #body
    if found == limit or (space < 0 and found > 0) then
        page[4] = 1
        return false
    end
    found = found + 1
    page[#page + 1] = next - (forwards and 1 or -1)
    page[#page + 1] = body
    return true
end

while next > 0 do
    local command = forwards and 'XRANGE' or 'XREVRANGE'
    local last = forwards and '+' or '-'
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
