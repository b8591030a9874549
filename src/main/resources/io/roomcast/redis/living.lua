-- Returns the nodes that have left a mark in these data lately: see lineage.lua.
--
-- KEYS[1]  the hash of lineage.lua   ARGV[1]  how long ago at most, in ms

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local living, fields = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
    local name = string.match(fields[i], '^n:(.*)$')
    if name and tonumber(string.match(fields[i + 1], '^%d+ (%d+)')) > now - tonumber(ARGV[1]) then
        living[#living + 1] = name
    end
end
return living
