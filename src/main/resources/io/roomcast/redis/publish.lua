-- Stores a message and tells it to every node that listens, in one step: so the order of offsets, of the log and of what nodes hear
-- is one order. Answers its position as EPOCH:OFFSET; for a key that is remembered, the first position, and nothing else is done.
--
-- Redis undoes nothing when a command of a script is refused (by a right that is missing, by a key of another type). So whatever was
-- done before is taken back here: a message is told last, and what is refused is neither stored nor told. Where the log cannot be taken
-- back, the message stays stored, and its key remembers that it has yet to be told: whoever repeats it tells it.
--
-- KEYS[3]  channel of the room
-- KEYS[4]  memory of the key, if the message has one: the position, or '!' and the position of a message that nobody was told of
-- ARGV[5]  body

local failure

-- Returns whether Redis did it.
local function did(...)
    local reply = redis.pcall(...)
    if type(reply) == 'table' and reply.err then
        failure = failure or reply
        return false
    end
    return true
end

local function tell(epoch, offset, body)
    return did(PUBLISH, KEYS[3], ENVELOPE .. 'M' .. epoch .. ' ' .. offset .. ' ' .. body)
end

local function remember(value)
    return not KEYS[4] or did('SET', KEYS[4], value, 'PX', KEY_MS)
end

local function forget()
    return not KEYS[4] or did('SET', KEYS[4], '', 'PX', 1)
end

-- The log is also bounded by age and by bytes. Entry ids are offsets, so it cannot be trimmed by time directly: every eighth of either
-- bound a mark (time, offset, bytes before it) notes where a stretch of the log begins, and whole stretches are let go of. So the log
-- holds all that is within the bounds, and at most an eighth more; readers leave out what is too old. The keys' time to live is
-- renewed with the marks.
local function marks(room, now, offset, bytes)
    local found = {}
    for at, first, before in string.gmatch(redis.call('HGET', KEYS[1], 'marks') or '', '(%d+),(%d+),(%d+);') do
        found[#found + 1] = { at = tonumber(at), first = tonumber(first), before = tonumber(before) }
    end
    found[#found + 1] = { at = now, first = offset, before = room.bytes }
    local keep = 1
    while keep < #found and (found[keep + 1].at < now - AGE_MS or bytes - found[keep + 1].before >= MAX_BYTES) do
        keep = keep + 1
    end
    local kept = {}
    for i = keep, #found do
        kept[#kept + 1] = text(found[i].at) .. ',' .. text(found[i].first) .. ',' .. text(found[i].before) .. ';'
    end
    return table.concat(kept), found[keep].first
end

-- What the numbering was; a room that had none has none again.
local function restore(room, oldMarks)
    did('HSET', KEYS[1], 'offset', text(room.offset), 'at', text(room.at), 'bytes', text(room.bytes), 'markAt', text(room.markAt),
        'markBytes', text(room.markBytes), 'marks', oldMarks)
    if room.fresh then
        did('DEL', KEYS[1], KEYS[2])
    end
end

-- Returns the position, or nothing when a command was refused.
local function store(room, body)
    local offset = room.offset + 1
    -- Never backwards: readers stop at the first message that is too old.
    local now = math.max(milliseconds(), room.at)
    local bytes = room.bytes + #body
    local position = room.epoch .. ':' .. text(offset)
    local marked = room.markAt == 0 or now - room.markAt >= MARK_MS or bytes - room.markBytes >= MARK_BYTES
    local oldMarks, newMarks, first = '', '', 0
    local change = { 'HSET', KEYS[1], 'offset', text(offset), 'at', text(now), 'bytes', text(bytes) }
    if marked then
        oldMarks = redis.call('HGET', KEYS[1], 'marks') or ''
        newMarks, first = marks(room, now, offset, bytes)
        for _, part in ipairs({ 'marks', newMarks, 'markAt', text(now), 'markBytes', text(room.bytes) }) do
            change[#change + 1] = part
        end
    end
    if room.begins then
        for _, part in ipairs({ 'epoch', room.epoch, 'base', text(room.base), 'lineage', text(room.lineage) }) do
            change[#change + 1] = part
        end
    end

    if not did(unpack(change)) then
        return nil
    end
    -- A log without its numbering is what an older life of the room has left.
    local begun = (not marked or did('PEXPIRE', KEYS[1], NUMBERING_MS))
        and (not room.fresh or did('DEL', KEYS[2]))
        and remember(position)
    local logged = begun
        and (MAX_MESSAGES == 0
            or did('XADD', KEYS[2], 'MAXLEN', MAX_MESSAGES, text(offset), 'at', text(now), 'body', body))
    local trimmed = logged
        and (not marked or MAX_MESSAGES == 0
            or (did('XTRIM', KEYS[2], 'MINID', text(first)) and did('PEXPIRE', KEYS[2], AGE_MS + MARK_MS)))
    if trimmed and tell(room.epoch, text(offset), body) then
        return position
    end

    if logged and MAX_MESSAGES > 0 and not did('XDEL', KEYS[2], text(offset)) then
        remember('!' .. position)
        return nil
    end
    if logged and MAX_MESSAGES > 0 and not room.fresh then
        did('XSETID', KEYS[2], text(room.offset), 'MAXDELETEDID', text(room.offset))
    end
    forget()
    if marked then
        restore(room, oldMarks)
    else
        did('HSET', KEYS[1], 'offset', text(room.offset), 'at', text(room.at), 'bytes', text(room.bytes))
    end
    return nil
end

-- The last id that the log has given; it takes none that is not greater.
local function lastOfLog()
    local info = redis.call('XINFO', 'STREAM', KEYS[2])
    for i = 1, #info, 2 do
        if info[i] == 'last-generated-id' then
            return tonumber(string.match(info[i + 1], '^%d+'))
        end
    end
end

if KEYS[4] then
    local first = redis.call('GET', KEYS[4])
    if first and string.sub(first, 1, 1) == '!' then
        local epoch, offset = string.match(first, '^!(.*):(%d+)$')
        local entry = redis.call('XRANGE', KEYS[2], offset, offset)[1]
        if entry and tell(epoch, offset, entry[2][4]) and remember(epoch .. ':' .. offset) then
            return epoch .. ':' .. offset
        end
        if entry then
            return failure
        end
    elseif first and first ~= '' then
        return first
    end
end

local room = numbering()
local position = store(room, ARGV[5])
if not position and string.find(failure.err, 'equal or smaller', 1, true) then
    -- The log is ahead of the numbering, whatever brought that about: the numbering goes on behind it, in another epoch.
    failure = nil
    room.offset = lastOfLog()
    room.base = room.offset
    room.epoch = ARGV[1]
    room.begins = true
    room.fresh = false
    position = store(room, ARGV[5])
end
return position or failure
