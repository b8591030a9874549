-- Reads what follows in a room's log for whoever copies it, however old it is. Returns nothing for a room without a
-- numbering; else { epoch, offset, base, first offset of the log, data, offset, time in ms, body, offset, ... }. 'data' is
-- birth and run of the data, see lineage.lua; '' if they are not known. The first message is the one that was copied
-- last, if the log has it: so the caller can compare. If the room has a new epoch, this is the last one that both epochs
-- may have.
--
-- What was copied counts as what this node has seen of the room: if Redis has less, the epoch ends.
--
-- ARGV[5]  most messages after the first
-- ARGV[6]  most bytes of their bodies, unless a single message is larger
-- ARGV[7]  key of lineage.lua; '' in a Cluster

local CHUNK = 100

numberingKey, logKey, knownEpoch, knownOffset = KEYS[1], KEYS[2], ARGV[3], ARGV[4]
local room = numbering()
if room.fresh then
    return {}
end
if room.begins then
    begin(room)
end
local base = room.base or tonumber(redis.call('HGET', numberingKey, 'base') or 0)
local copied = tonumber(knownOffset)
if room.epoch ~= knownEpoch then
    copied = math.min(copied, base)
end
local oldest = redis.call('XRANGE', logKey, '-', '+', 'COUNT', 1)[1]
local page = { room.epoch, room.offset, base, oldest and tonumber(string.match(oldest[1], '^%d+')) or room.offset + 1, '' }
if ARGV[7] ~= '' then
    local life = redis.call('HMGET', ARGV[7], 'birth', 'run')
    page[5] = life[1] and life[2] and life[1] .. '|' .. life[2] or ''
end
local left, space = tonumber(ARGV[5]), tonumber(ARGV[6])
local next, last, found = math.max(copied, 1), text(room.offset), 0

while left > 0 do
    local entries = redis.call('XRANGE', logKey, text(next), last, 'COUNT', math.min(CHUNK, left + 1))
    for _, entry in ipairs(entries) do
        local offset = tonumber(string.match(entry[1], '^%d+'))
        local at, body = tonumber(entry[2][2]), entry[2][4]
        next = offset + 1
        if at and body then -- Else it is no message.
            if offset > copied then
                space = space - #body
                if left == 0 or (space < 0 and found > 0) then
                    return page
                end
                left, found = left - 1, found + 1
            end
            page[#page + 1] = offset
            page[#page + 1] = at
            page[#page + 1] = body
        end
    end
    if #entries == 0 then
        return page
    end
end
return page
