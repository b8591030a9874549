-- Claims places of a room for messages that are brought from elsewhere to the archive: the numbering goes on after them,
-- so that nobody else gets these places. Nothing of the messages gets into Redis. Returns one of:
--
--   claimed   The places are claimed, now or by an earlier call whose messages are perhaps not stored yet.
--   somebody  A node has the room open, so that somebody may be in it.
--   other     The room does not end where the messages begin.
--
-- KEYS      numbering, log, channel
-- ARGV[1]   not used   ARGV[2]  lineage (see numbering.lua)   ARGV[3], ARGV[4]  '' and 0
-- ARGV[5]   epoch of the messages   ARGV[6]  the first offset   ARGV[7]  the last offset
-- ARGV[8]   epoch that the room has now; '' if it must have no messages
-- ARGV[9]   its last offset, whose message the archive has, as all before it

numberingKey, logKey, knownEpoch, knownOffset = KEYS[1], KEYS[2], ARGV[3], ARGV[4]
local room = numbering()
local epoch, first, last = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])

local suits = false
local from, to = string.match(redis.call('HGET', numberingKey, 'claim') or '', '^(%d+) (%d+)$')
if from and not room.begins and room.epoch == epoch and tonumber(from) <= first then
    if last <= tonumber(to) then
        return 'claimed'
    end
    suits = room.offset == tonumber(to) and first <= room.offset + 1
end
if suits then
    first = tonumber(from)
elseif ARGV[8] == '' then
    suits = room.fresh or room.offset == 0
else
    suits = not room.begins and room.epoch == ARGV[8] and room.offset == tonumber(ARGV[9])
end
if not suits then
    return 'other'
end
if redis.call('PUBSUB', PUBLISH == 'SPUBLISH' and 'SHARDNUMSUB' or 'NUMSUB', KEYS[3])[2] > 0 then
    return 'somebody'
end
local was = redis.call('HMGET', numberingKey, 'lineage', 'base')
local lineage = math.max(tonumber(ARGV[2]), tonumber(was[1] or 0))
local base = epoch == ARGV[8] and was[2] or text(first - 1)
-- As if its age were another one, the next message sets a mark, and the time to live of the log: see publish.lua.
redis.call('HSET', numberingKey, 'epoch', epoch, 'offset', text(last), 'base', base, 'lineage', text(lineage),
    'claim', text(first) .. ' ' .. text(last), 'at', '0', 'bytes', '0', 'marks', '', 'age', '0')
redis.call('PEXPIRE', numberingKey, LEAST_NUMBERING_MS)
redis.call('DEL', logKey) -- It must have no gap. The archive has its messages.
return 'claimed'
