-- The numbering of a room. This file precedes the scripts that use it. Constants in capitals precede this file.
--
-- ARGV[1]  a random part for the names of new epochs
-- ARGV[2]  the lineage of the data, as this node knows it

-- What the functions below are about: keys and arguments of a script.
--
-- numberingKey  a hash with epoch, offset (of the newest message), base (offset after which the epoch began), lineage
--               (see lineage.lua), at (ms of the newest message), bytes (of all messages so far), marks, age (see
--               publish.lua)
-- logKey        a stream whose entry ids are the offsets
-- knownEpoch    the epoch that this node knows, or ''
-- knownOffset   the newest offset of that epoch that this node knows
local numberingKey, logKey, knownEpoch, knownOffset

local epochPart = ARGV[1]
local time

local function text(number)
    return string.format('%.0f', number)
end

-- The time of the script's call. A message of a long script has the time of the first.
local function milliseconds()
    if not time then
        local parts = redis.call('TIME')
        time = tonumber(parts[1]) * 1000 + math.floor(tonumber(parts[2]) / 1000)
    end
    return time
end

-- An epoch is the time at which it began, in hexadecimal ms by the clock of Redis, and a random part. A name without a
-- time is from an earlier version.
local function began(epoch)
    local found = string.match(epoch, '^(%x+)-')
    return found and tonumber(found, 16) or 0
end

-- A name for an epoch that begins after the one that Redis has, and after the one that this node knows.
local function newEpoch(current)
    local start = math.max(milliseconds(), began(current or '') + 1, began(knownEpoch) + 1)
    return string.format('%x', start) .. '-' .. epochPart
end

-- Whether Redis has lost data since the room was last used, or lacks messages or the epoch that this node knows (after
-- a failover to a replica that was behind, or a restart from an older file).
local function hasLost(room, lineage)
    if lineage ~= ARGV[2] and tonumber(ARGV[2]) > tonumber(lineage or 0) then
        return true
    end
    if room.epoch == knownEpoch then
        return room.offset < tonumber(knownOffset)
    end
    return knownEpoch ~= '' and began(room.epoch) < began(knownEpoch)
end

-- Reads the numbering, and writes nothing. 'fresh' means that there is none. 'begins' means that a new epoch has to be
-- written: there is no epoch, or data were lost. No offset may mean two messages.
local function numbering()
    local found = redis.call('HMGET', numberingKey, 'epoch', 'offset', 'at', 'bytes', 'lineage', 'age')
    local room = {
        epoch = found[1],
        offset = tonumber(found[2] or 0),
        at = tonumber(found[3] or 0),
        bytes = tonumber(found[4] or 0),
        age = found[6],
        fresh = not found[1]
    }
    if room.fresh or hasLost(room, found[5]) then
        room.begins = true
        room.epoch = newEpoch(room.epoch)
        room.base = room.offset
        room.lineage = text(math.max(tonumber(ARGV[2]), tonumber(found[5] or 0)))
    end
    return room
end

-- Ends the epoch: a new one continues after 'offset'.
local function renumbered(room, offset)
    if not room.begins then
        room.lineage = redis.call('HGET', numberingKey, 'lineage') or '0'
    end
    room.begins = true
    room.epoch = newEpoch(room.epoch)
    room.offset, room.base = offset, offset
    return room
end

-- Writes a new epoch. The first command is one that a full Redis refuses: Redis checks its memory only at the first
-- write.
local function begin(room)
    redis.call('HSET', numberingKey, 'epoch', room.epoch, 'base', text(room.base), 'lineage', room.lineage,
        'offset', text(room.offset))
    if room.fresh then
        redis.call('PEXPIRE', numberingKey, UNUSED_MS)
        redis.call('DEL', logKey)
    end
end
