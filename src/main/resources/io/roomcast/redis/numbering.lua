-- The numbering of a room, for the scripts that this file is put in front of. Constants in capitals come before it.
--
-- KEYS[1]  numbering: a hash with epoch, offset (of the newest message), base (offset after which the epoch began), at (ms of the
--          newest message), bytes (of all messages so far), marks, markAt, markBytes (see publish.lua)
-- KEYS[2]  log: a stream whose entry ids are the offsets
-- ARGV[1]  the epoch to begin with, should one begin
-- ARGV[2]  the epoch that this node knows, or ''
-- ARGV[3]  the newest offset that this node knows in it

local function text(number)
    return string.format('%.0f', number)
end

local function milliseconds()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- Reads the numbering; begins an epoch where there is none, or where Redis has forgotten messages that this node knows of (it failed
-- over to a replica that was behind, or restarted from an older file): no offset may mean two messages.
local function numbering()
    local found = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'base', 'at', 'bytes', 'markAt', 'markBytes')
    local room = {
        epoch = found[1],
        offset = tonumber(found[2] or 0),
        base = tonumber(found[3] or 0),
        at = tonumber(found[4] or 0),
        bytes = tonumber(found[5] or 0),
        markAt = tonumber(found[6] or 0),
        markBytes = tonumber(found[7] or 0)
    }
    local known = tonumber(ARGV[3])
    if not room.epoch then
        -- An epoch in which nothing was said can go on as if it had never been away.
        room.epoch = (ARGV[2] ~= '' and known == 0) and ARGV[2] or ARGV[1]
        redis.call('DEL', KEYS[2])
        redis.call('HSET', KEYS[1], 'epoch', room.epoch, 'offset', 0, 'base', 0)
        redis.call('PEXPIRE', KEYS[1], UNUSED_MS)
    elseif room.epoch == ARGV[2] and room.offset < known then
        room.epoch = ARGV[1]
        room.base = room.offset
        redis.call('HSET', KEYS[1], 'epoch', room.epoch, 'base', text(room.base))
    end
    return room
end
