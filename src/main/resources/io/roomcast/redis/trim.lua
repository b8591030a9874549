-- Cuts a log to what is shown of it, as far as it is copied: until then, the log may have more. A log whose messages are
-- all copied and too old is deleted. The log still ends with its newest message, or has none, as after its time to live.
--
-- KEYS     numbering, log
-- ARGV[1]  the epoch in which messages were copied    ARGV[2]  the last message that was
-- ARGV[3]  most messages   ARGV[4]  most bytes   ARGV[5]  most age in ms

local found = redis.call('HMGET', KEYS[1], 'epoch', 'offset', 'bytes', 'marks', 'at')
if found[1] ~= ARGV[1] then
    return 0
end
local offset, copied = tonumber(found[2]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if copied >= offset and tonumber(found[5] or 0) < now - tonumber(ARGV[5]) then
    return redis.call('DEL', KEYS[2])
end
local first = offset - tonumber(ARGV[3]) + 1
for _, from, before in string.gmatch(found[4] or '', '(%d+),(%d+),(%d+);') do
    if tonumber(found[3]) - tonumber(before) >= tonumber(ARGV[4]) then
        first = math.max(first, tonumber(from))
    end
end
first = math.min(first, copied + 1)
return first > 1 and redis.call('XTRIM', KEYS[2], 'MINID', string.format('%.0f', first)) or 0
