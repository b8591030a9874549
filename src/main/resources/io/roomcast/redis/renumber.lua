-- Begins a new epoch: a node has found another message at an offset that it knows. Returns the current epoch.

local room = numbering()
if room.epoch == ARGV[2] then
    room.begins = true
    room.epoch = newEpoch(room.epoch)
    room.base = room.offset
end
if room.begins then
    begin(room)
end
return room.epoch
