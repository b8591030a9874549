-- Ends the epoch of a room if this node has seen more of its messages than Redis has. Returns the current epoch.

local room = numbering()
if room.begins and not room.fresh then
    begin(room)
end
return room.epoch
