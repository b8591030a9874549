-- The numbering of a room. This file precedes the scripts that use it. Constants in capitals precede this file.
--
-- KEYS[1]  numbering: a hash with epoch, offset (of the newest message), base (offset after which the epoch began),
--          lineage (see lineage.lua), at (ms of the newest message), bytes (of all messages so far), marks, markAt,
--          markBytes, age (see publish.lua)
-- KEYS[2]  log: a stream whose entry ids are the offsets
-- ARGV[1]  a random part for the name of a new epoch
-- ARGV[2]  the epoch that this node knows, or ''
-- ARGV[3]  the newest offset of that epoch that this node knows
-- ARGV[4]  the lineage of the data, as this node knows it

local function text(number)
    return string.format('%.0f', number)
end

local function milliseconds()
    local time = redis.call('TIME')
    return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- An epoch is the time at which it began, in hexadecimal ms by the clock of Redis, and a random part. A name without a
-- time is from an earlier version.
local function began(epoch)
    local time = string.match(epoch, '^(%x+)-')
    return time and tonumber(time, 16) or 0
end

-- A name for an epoch that begins after the one that Redis has, and after the one that this node knows.
local function newEpoch(current)
    local time = math.max(milliseconds(), began(current or '') + 1, began(ARGV[2]) + 1)
    return string.format('%x', time) .. '-' .. ARGV[1]
end

-- Reads the numbering, and writes nothing. 'fresh' means that there is none. 'begins' means that a new epoch has to be
-- written: there is no epoch, or Redis has lost data since the room was last used, or Redis lacks messages or the epoch
-- that this node knows (after a failover to a replica that was behind, or a restart from an older file). No offset may
-- mean two messages.
local function numbering()
    local found = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'base', 'at', 'bytes', 'markAt', 'markBytes',
        'lineage', 'age')
    local room = {
        epoch = found[1],
        offset = tonumber(found[2] or 0),
        base = tonumber(found[3] or 0),
        at = tonumber(found[4] or 0),
        bytes = tonumber(found[5] or 0),
        markAt = tonumber(found[6] or 0),
        markBytes = tonumber(found[7] or 0),
        lineage = tonumber(found[8] or 0),
        age = tonumber(found[9] or 0)
    }
    local lineage = tonumber(ARGV[4])
    room.fresh = not room.epoch
    if room.fresh or lineage > room.lineage or began(room.epoch) < began(ARGV[2])
            or (room.epoch == ARGV[2] and room.offset < tonumber(ARGV[3])) then
        room.begins = true
        room.epoch = newEpoch(room.epoch)
        room.base = room.offset
        room.lineage = math.max(lineage, room.lineage)
    end
    return room
end

-- Writes a new epoch. The first command is one that a full Redis refuses: Redis checks its memory only at the first
-- write.
local function begin(room)
    redis.call('HSET', KEYS[1], 'epoch', room.epoch, 'base', text(room.base), 'lineage', text(room.lineage),
        'offset', text(room.offset))
    if room.fresh then
        redis.call('PEXPIRE', KEYS[1], UNUSED_MS)
        redis.call('DEL', KEYS[2])
    end
end
