-- Ends the epoch of a room of which this node knows more than Redis does. Answers the epoch that is in force, and the message at the offset
-- that the node knows, if that is of the epoch that it knows and the log still has it.
--
-- ARGV[5]  '1' where the node can compare the message

local room = numbering()
if room.begins and not room.fresh then
    begin(room)
end
local body = false
if ARGV[5] == '1' and room.epoch == ARGV[2] then
    local entries = redis.pcall('XRANGE', KEYS[2], ARGV[3], ARGV[3])
    body = entries[1] and entries[1][2][4] or false
end
return { room.epoch, body }
