-- Begins a new epoch: a node has found another message at an offset that it knows. Returns the current epoch.

numberingKey, logKey, knownEpoch, knownOffset = KEYS[1], KEYS[2], ARGV[3], ARGV[4]
local room = numbering()
if room.epoch == knownEpoch then
    renumbered(room, room.offset)
end
if room.begins then
    begin(room)
end
return room.epoch
