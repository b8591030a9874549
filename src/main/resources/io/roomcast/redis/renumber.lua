-- Begins a new epoch: a node found another message where it knows one. Answers the epoch that is in force.

local room = numbering()
if room.epoch == ARGV[2] then
    redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'base', text(room.offset))
    return ARGV[1]
end
return room.epoch
