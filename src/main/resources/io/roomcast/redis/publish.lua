-- Stores a message and tells it to every node that listens, in one step: so the order of offsets, of the log and of what nodes hear
-- is one order. Answers its position as EPOCH:OFFSET; for a key that is remembered, the first position, and nothing else is done.
--
-- KEYS[3]  channel of the room
-- KEYS[4]  memory of the key, if the message has one
-- ARGV[4]  body

if KEYS[4] then
    local first = redis.call('GET', KEYS[4])
    if first then
        return first
    end
end

local room = numbering()
local body = ARGV[4]
local offset = room.offset + 1
-- Never backwards: readers stop at the first message that is too old.
local now = math.max(milliseconds(), room.at)
local bytes = room.bytes + #body
local position = room.epoch .. ':' .. text(offset)

if MAX_MESSAGES > 0 then
    redis.call('XADD', KEYS[2], 'MAXLEN', MAX_MESSAGES, text(offset), 'at', text(now), 'body', body)
end
redis.call('HSET', KEYS[1], 'offset', text(offset), 'at', text(now), 'bytes', text(bytes))

-- The log is also bounded by age and by bytes. Entry ids are offsets, so it cannot be trimmed by time directly: every eighth of either
-- bound a mark (time, offset, bytes before it) notes where a stretch of the log begins, and whole stretches are let go of. So the log
-- holds all that is within the bounds, and at most an eighth more; readers leave out what is too old. The keys' time to live is
-- renewed with the marks.
if room.markAt == 0 or now - room.markAt >= MARK_MS or bytes - room.markBytes >= MARK_BYTES then
    local marks = {}
    for at, first, before in string.gmatch(redis.call('HGET', KEYS[1], 'marks') or '', '(%d+),(%d+),(%d+);') do
        marks[#marks + 1] = { at = tonumber(at), first = tonumber(first), before = tonumber(before) }
    end
    marks[#marks + 1] = { at = now, first = offset, before = room.bytes }
    local keep = 1
    while keep < #marks and (marks[keep + 1].at < now - AGE_MS or bytes - marks[keep + 1].before >= MAX_BYTES) do
        keep = keep + 1
    end
    local kept = {}
    for i = keep, #marks do
        kept[#kept + 1] = text(marks[i].at) .. ',' .. text(marks[i].first) .. ',' .. text(marks[i].before) .. ';'
    end
    redis.call('HSET', KEYS[1], 'marks', table.concat(kept), 'markAt', text(now), 'markBytes', text(room.bytes))
    redis.call('PEXPIRE', KEYS[1], NUMBERING_MS)
    if MAX_MESSAGES > 0 then
        redis.call('XTRIM', KEYS[2], 'MINID', text(marks[keep].first))
        redis.call('PEXPIRE', KEYS[2], AGE_MS + MARK_MS)
    end
end

redis.call(PUBLISH, KEYS[3], ENVELOPE .. 'M' .. room.epoch .. ' ' .. text(offset) .. ' ' .. body)
if KEYS[4] then
    redis.call('SET', KEYS[4], position, 'PX', KEY_MS)
end
return position
