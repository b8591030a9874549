-- Stores messages and publishes them to all nodes that listen, in one step: so offsets, the log and the deliveries have
-- the same order, and no other message comes between these. Returns the position of each message as EPOCH:OFFSET. For
-- an idempotency key that is known, this is '=' and the first position, and nothing else is done. The messages are
-- stored one after the other. When one is refused, those after it are not tried, and the last element is '-' and the
-- error; if it is the first, the script fails with this error.
--
-- Redis does not roll back a script when a command is refused (for a missing permission, or a key of another type). So
-- this script takes back what it has done for a message: it is published last, and a refused message is neither stored
-- nor published. If the log cannot be taken back, the message stays stored, and its key remembers that it was not
-- published: a repeated publish then publishes it.
--
-- KEYS[3]  channel of the room
-- KEYS[4…] memory of an idempotency key: the position, or '!' and the position of a message that was not published
-- ARGV[5]  run of this server, by which nodes tell its messages from those of other servers of a Cluster
-- ARGV[6]  most messages of the log; 0 for none   ARGV[7]  most bytes   ARGV[8]  most age in ms
-- ARGV[9…] for each message, the index of its idempotency key in KEYS, 0 if it has none, and its body
--
-- Nodes may have different limits for a room, as while they are restarted with others one by one. The log then has what
-- the lowest limits leave. Whatever they are, the log has no gap between its first message and its last.

local SHORT = 2048
local MAX_MESSAGES, MAX_BYTES, AGE_MS = tonumber(ARGV[6]), tonumber(ARGV[7]), tonumber(ARGV[8])
local MARK_BYTES, MARK_MS = math.floor(MAX_BYTES / TRIM_STEPS) + 1, math.floor(AGE_MS / TRIM_STEPS) + 1
-- The age for which the keys' time to live is set. Without messages there is no log: the next that is kept sets it
-- anew.
local KEPT_MS = MAX_MESSAGES > 0 and AGE_MS or 0
local NUMBERING_MS = math.max(LEAST_NUMBERING_MS, 2 * AGE_MS)

local failure

-- Returns whether Redis carried the command out.
local function did(...)
    local reply = redis.pcall(...)
    if type(reply) == 'table' and reply.err then
        failure = failure or reply
        return false
    end
    return true
end

local function tell(epoch, offset, body)
    return did(PUBLISH, KEYS[3], ENVELOPE .. 'M' .. epoch .. ' ' .. offset .. ' ' .. ARGV[5] .. ' ' .. body)
end

-- The log is bounded by age and by bytes, too. Entry ids are offsets, so that it cannot be trimmed by time directly. A
-- mark (time, offset, bytes before it) is set at every eighth of either bound, and the log is trimmed at marks. So the
-- log holds all messages within the bounds, and at most an eighth more; readers skip messages that are too old. The
-- keys' time to live is renewed with the marks, and when the age for which it was set is not that of this node. The
-- numbering has this age. Returns the marks with a new one, and the offset where the log has to begin.
local function withMark(marks, room, now, offset, bytes)
    local found = {}
    for at, first, before in string.gmatch(marks, '(%d+),(%d+),(%d+);') do
        found[#found + 1] = { at = tonumber(at), first = first, before = tonumber(before) }
    end
    found[#found + 1] = { at = now, first = offset, before = room.bytes }
    local keep = 1
    while keep < #found and (found[keep + 1].at < now - AGE_MS or bytes - found[keep + 1].before >= MAX_BYTES) do
        keep = keep + 1
    end
    local kept = {}
    for i = keep, #found do
        kept[#kept + 1] = text(found[i].at) .. ',' .. found[i].first .. ',' .. text(found[i].before) .. ';'
    end
    return table.concat(kept), found[keep].first
end

-- Redis gives a new stream 4 KiB, however short its message is. A copy of the stream takes no more than it holds, and
-- grows as needed. It is not worth a refusal of the message: if Redis refuses the copy, the stream stays as it is.
local function shrink(body)
    if #body < SHORT and redis.pcall('XLEN', KEYS[2]) == 1 then
        local copy = redis.pcall('DUMP', KEYS[2])
        if type(copy) == 'string' then
            redis.pcall('RESTORE', KEYS[2], AGE_MS + MARK_MS, copy, 'REPLACE')
        end
    end
end

-- A command that was carried out once is not refused: so the key is removed and the numbering restored with the
-- commands that wrote them.
local function takeBack(room, key, offset, position, oldMarks, logged)
    if logged and MAX_MESSAGES > 0 then
        if not did('XDEL', KEYS[2], offset) then
            return key and did('SET', key, '!' .. position, 'PX', KEY_MS)
        end
        if not room.fresh then
            did('XSETID', KEYS[2], text(room.offset), 'MAXDELETEDID', text(room.offset))
        end
    end
    if key then
        did('SET', key, '', 'PX', 1)
    end
    did('HSET', KEYS[1], 'offset', text(room.offset), 'at', text(room.at), 'bytes', text(room.bytes))
    if oldMarks then
        did('HSET', KEYS[1], 'markAt', text(room.markAt), 'markBytes', text(room.markBytes), 'marks', oldMarks)
    end
    if room.fresh then
        did('DEL', KEYS[1], KEYS[2])
    end
end

-- Returns the position, or nothing if a command was refused. If all went well, 'room' is as it is now.
local function store(room, key, body)
    local offset = text(room.offset + 1)
    -- Never backwards: readers stop at the first message that is too old.
    local now = math.max(milliseconds(), room.at)
    local at, bytes = text(now), room.bytes + #body
    local position = room.epoch .. ':' .. offset
    local marked = room.markAt == 0 or now - room.markAt >= MARK_MS or bytes - room.markBytes >= MARK_BYTES
    local renewed = marked or room.age ~= KEPT_MS
    local oldMarks, newMarks, first

    if not did('HSET', KEYS[1], 'offset', offset, 'at', at, 'bytes', text(bytes)) then
        return nil
    end
    if marked then
        oldMarks = redis.call('HGET', KEYS[1], 'marks') or ''
        newMarks, first = withMark(oldMarks, room, now, offset, bytes)
    end
    -- A log without a numbering is left over from an earlier time of the room.
    local begun = (not room.begins
            or did('HSET', KEYS[1], 'epoch', room.epoch, 'base', text(room.base), 'lineage', text(room.lineage)))
        and (not marked
            or did('HSET', KEYS[1], 'marks', newMarks, 'markAt', at, 'markBytes', text(room.bytes)))
        and (not renewed or did('PEXPIRE', KEYS[1], NUMBERING_MS))
        and (not room.fresh or did('DEL', KEYS[2]))
        and (not key or did('SET', key, position, 'PX', KEY_MS))
    -- A message that is not kept ends the log of earlier ones, which another node may have kept.
    local logged = begun
        and (MAX_MESSAGES == 0 and did('DEL', KEYS[2])
            or MAX_MESSAGES > 0 and did('XADD', KEYS[2], 'MAXLEN', MAX_MESSAGES, offset, 'at', at, 'body', body))
    local trimmed = logged
        and (not renewed or MAX_MESSAGES == 0 or did('PEXPIRE', KEYS[2], AGE_MS + MARK_MS))
        and (not marked or MAX_MESSAGES == 0 or did('XTRIM', KEYS[2], 'MINID', first))
        and (room.age == KEPT_MS or did('HSET', KEYS[1], 'age', text(KEPT_MS)))
    if trimmed and tell(room.epoch, offset, body) then
        if marked and MAX_MESSAGES > 0 then
            shrink(body)
        end
        if marked then
            room.markAt, room.markBytes = now, room.bytes
        end
        room.offset, room.at, room.bytes, room.age = room.offset + 1, now, bytes, KEPT_MS
        room.begins, room.fresh = false, false
        return position
    end
    takeBack(room, key, offset, position, oldMarks, logged)
end

-- Returns the answer for a key that is known; nothing if it is not, or if a command was refused.
local function known(key)
    local first = redis.pcall('GET', key)
    if type(first) == 'table' then
        failure = first -- The key is of another type.
    elseif first and string.sub(first, 1, 1) == '!' then
        local epoch, offset = string.match(first, '^!(.*):(%d+)$')
        local entry = redis.call('XRANGE', KEYS[2], offset, offset)[1]
        if entry then
            local position = epoch .. ':' .. offset
            return tell(epoch, offset, entry[2][4]) and did('SET', key, position, 'PX', KEY_MS)
                and '=' .. position or nil
        end
    elseif first and first ~= '' then
        return '=' .. first
    end
end

local room

-- Returns the answer for a message, or nothing if a command was refused.
local function publish(key, body)
    local answer = key and known(key)
    if answer or failure then
        return answer
    end
    room = room or numbering()
    local position = store(room, key, body)
    if not position and string.find(failure.err, 'equal or smaller', 1, true) then
        -- The log is ahead of the numbering, for whatever reason: a new epoch continues after it.
        failure = nil
        local info = redis.call('XINFO', 'STREAM', KEYS[2])
        for i = 1, #info, 2 do
            if info[i] == 'last-generated-id' then
                room.offset = tonumber(string.match(info[i + 1], '^%d+'))
            end
        end
        room.base = room.offset
        room.epoch = newEpoch(room.epoch)
        room.begins = true
        room.fresh = false
        position = store(room, key, body)
    end
    return position
end

local answers = {}
for i = 9, #ARGV, 2 do
    local answer = publish(KEYS[tonumber(ARGV[i])], ARGV[i + 1])
    if not answer then
        if #answers == 0 then
            return failure
        end
        answers[#answers + 1] = '-' .. failure.err
        break
    end
    answers[#answers + 1] = answer
end
return answers
