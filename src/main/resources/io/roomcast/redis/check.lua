-- Ends the epoch of a room if this node has seen more of its messages than Redis has. Returns the current epoch, and
-- the message at the offset that the node knows, if it belongs to the epoch that the node knows and is still in the
-- log.
--
-- ARGV[5]  '1' if the node can compare the message

numberingKey, logKey, knownEpoch, knownOffset = KEYS[1], KEYS[2], ARGV[3], ARGV[4]
local room = numbering()
if room.begins and not room.fresh then
    begin(room)
end
local body = false
if ARGV[5] == '1' and room.epoch == knownEpoch then
    local entries = redis.pcall('XRANGE', logKey, knownOffset, knownOffset)
    body = entries[1] and entries[1][2][4] or false
end
return { room.epoch, body }
