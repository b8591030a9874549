-- Begins a new epoch: a node found another message where it knows one. Answers the epoch that is in force.

local room = numbering()
if room.epoch == ARGV[2] then
    room.begins = true
    room.epoch = ARGV[1]
    room.base = room.offset
end
if room.begins then
    begin(room)
end
return room.epoch
