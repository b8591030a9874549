-- Finds the messages of a room's log whose bodies have a text. Returns { epoch, offset after which to go on, or 0 at the
-- end, offset, body, offset, ... }: oldest first. Writes nothing.
--
-- KEYS     numbering, log
-- ARGV[1]  the text; '' for all messages
-- ARGV[2]  offset after which to begin
-- ARGV[3]  most messages that are looked at
-- ARGV[4]  most bytes of the bodies that are returned, unless a single one is larger

local CHUNK = 100

local text, next, left, space = ARGV[1], tonumber(ARGV[2]) + 1, tonumber(ARGV[3]), tonumber(ARGV[4])
local page = { redis.call('HGET', KEYS[1], 'epoch') or '', 0 }

while left > 0 do
    local entries = redis.call('XRANGE', KEYS[2], string.format('%.0f', next), '+', 'COUNT', math.min(CHUNK, left))
    for _, entry in ipairs(entries) do
        local offset = tonumber(string.match(entry[1], '^%d+'))
        local body = entry[2][4]
        if body and (text == '' or string.find(body, text, 1, true)) then
            space = space - #body
            if space < 0 and #page > 2 then
                page[2] = offset - 1
                return page
            end
            page[#page + 1] = offset
            page[#page + 1] = body
        end
        next, left = offset + 1, left - 1
    end
    if #entries == 0 then
        return page
    end
end
page[2] = next - 1
return page
