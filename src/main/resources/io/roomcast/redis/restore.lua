-- Begins the numbering of a room that has none: the one that the archive has, or a new one. Returns 'begun'; 'present' if
-- the room has a numbering already; 'other' if the data are not those in which the archive was asked.
--
-- ARGV[3]  key of lineage.lua
-- ARGV[4]  birth of the data in which the archive was asked
-- ARGV[5]  epoch; '' for a new one   ARGV[6]  offset of its last message   ARGV[7]  offset after which it began
-- KEYS from 3, and ARGV from 8: memories of idempotency keys, and the positions of their messages

if redis.call('HGET', ARGV[3], 'birth') ~= ARGV[4] then
    return 'other'
end
numberingKey, logKey, knownEpoch, knownOffset = KEYS[1], KEYS[2], '', '0'
local room = numbering()
if not room.fresh then
    return 'present'
end
if ARGV[5] ~= '' then
    room.epoch, room.offset, room.base = ARGV[5], tonumber(ARGV[6]), tonumber(ARGV[7])
end
begin(room)
if ARGV[5] ~= '' then
    redis.call('PEXPIRE', numberingKey, LEAST_NUMBERING_MS)
    for i = 3, #KEYS do
        redis.call('SET', KEYS[i], ARGV[i + 5], 'PX', KEY_MS)
    end
end
return 'begun'
