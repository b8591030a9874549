-- Stores messages of several rooms and publishes them to all nodes that listen, in one step: so offsets, the log and
-- the deliveries have the same order. A request is one or more messages of one room, and no other message comes between
-- these. Returns an answer for each message: its position as EPOCH:OFFSET. For an idempotency key that is known, this is
-- '=' and the first position, and nothing else is done. The messages are stored one after the other. For one that is
-- refused, the answer is the error; those after it in the request are not tried, and their answers are empty. What is
-- refused of one request does not concern the others.
--
-- Redis does not roll back a script when a command is refused (for a missing permission, or a key of another type). So
-- this script takes back what it has done for a message: it is published last, and a refused message is neither stored
-- nor published. If the log cannot be taken back, the message stays stored, and its key remembers that it was not
-- published: a repeated publish then publishes it.
--
-- ARGV[3]  run of this server, by which nodes tell its messages from those of other servers of a Cluster
-- ARGV[4]  most messages of a log; 0 for none   ARGV[5]  most bytes   ARGV[6]  most age in ms
-- ARGV[7]  '', or what admits the node to these data, in lines: its number, its life, and the key of lineage.lua. Then
--          nothing is stored if the node is not admitted (see admit.lua; error FENCED), nor in a room without a
--          numbering (error ABSENT): the archive may know its numbering
--
-- For each room, in KEYS from 1 and in ARGV from 8:
-- KEYS  numbering, log, channel, and for each message that has an idempotency key, the memory of this key: the position,
--       or '!' and the position of a message that was not published
-- ARGV  the epoch and the offset that this node knows, a letter for each message, and the body of each message. A
--       message with an idempotency key has the letter k, one without has b. The first of a request has a capital.
--
-- Nodes may have different limits for a room, as while they are restarted with others one by one. The log then has what
-- the lowest limits leave. Whatever they are, the log has no gap between its first message and its last.

local SHORT = 2048
local FIRST_WITH_KEY, WITH_KEY, LEAST_OF_FURTHER = string.byte('Kka', 1, 3)
local RUN = ARGV[3]
local MAX_MESSAGES, MAX_BYTES, AGE_MS = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local MARK_BYTES, MARK_MS = math.floor(MAX_BYTES / TRIM_STEPS) + 1, math.floor(AGE_MS / TRIM_STEPS) + 1
-- A log is cut to its most messages each time that it has grown by so many: cutting costs as much as appending.
local CUT_MESSAGES = math.min(math.floor(MAX_MESSAGES / TRIM_STEPS) + 1, 100)
-- The age for which the keys' time to live is set. Without messages there is no log: the next that is kept sets it
-- anew.
local KEPT_MS = text(MAX_MESSAGES > 0 and AGE_MS or 0)
local NUMBERING_MS = math.max(LEAST_NUMBERING_MS, 2 * AGE_MS)
local STRICT, ABSENT = ARGV[7] ~= '', 'ABSENT the room has no numbering'

if STRICT then
    local own, life, lifeKey = string.match(ARGV[7], '^(%d+)\n([^\n]*)\n(.*)$')
    local found = redis.call('HMGET', lifeKey, 'a:' .. life, 'run')
    local least, run = string.match(found[1] or '', '^(%d+) (.*)$')
    if not least or tonumber(own) < tonumber(least) or run ~= found[2] then
        return { err = 'FENCED the node is not admitted to these data' }
    end
end

local try = redis.pcall
local channelKey
-- The numbering of the room whose requests are served, as it is after the last message; nothing if it has to be read.
-- 'written' is the offset that Redis has already, for messages that follow in this call.
local room
local failure

-- Returns whether Redis carried the command out.
local function done(reply)
    if type(reply) == 'table' and reply.err then
        failure = failure or reply
        return false
    end
    return true
end

local function tell(epoch, offset, body)
    return done(try(PUBLISH, channelKey, ENVELOPE .. 'M' .. epoch .. ' ' .. offset .. ' ' .. RUN .. ' ' .. body))
end

-- The log is bounded by age and by bytes, too. Entry ids are offsets, so that it cannot be trimmed by time directly. A
-- mark (time, offset, bytes before it) is set by the first message of each eighth of either bound, and the log is
-- trimmed at marks. So the log holds all messages within the bounds, and at most an eighth more; readers skip messages
-- that are too old. The keys' time to live is renewed with the marks, and when the age for which it was set is not that
-- of this node. The numbering has this age. Returns the marks with a new one, and the offset where the log has to
-- begin.
local function withMark(marks, now, offset, bytes)
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
    if #body < SHORT and try('XLEN', logKey) == 1 then
        local copy = try('DUMP', logKey)
        if type(copy) == 'string' then
            try('RESTORE', logKey, AGE_MS + MARK_MS, copy, 'REPLACE')
        end
    end
end

local function number(offset, at, bytes)
    return done(try('HSET', numberingKey, 'offset', text(offset), 'at', text(at), 'bytes', text(bytes)))
end

-- Writes the numbering as it is, if Redis has more.
local function settle()
    if room and room.written and room.written ~= room.offset then
        number(room.offset, room.at, room.bytes)
    end
end

local function forget(key)
    done(try('SET', key, '', 'PX', 1))
end

-- A command that was carried out once is not refused: so the key is removed and the numbering restored with the
-- commands that wrote them.
local function takeBack(key, offset, position, now, bytes, oldMarks, logged)
    room.written = nil
    if logged and MAX_MESSAGES > 0 then
        if not done(try('XDEL', logKey, offset)) then
            number(room.offset + 1, now, bytes)
            return key and done(try('SET', key, '!' .. position, 'PX', KEY_MS))
        end
        if not room.fresh then
            done(try('XSETID', logKey, text(room.offset), 'MAXDELETEDID', text(room.offset)))
        end
    end
    if key then
        forget(key)
    end
    number(room.offset, room.at, room.bytes)
    if oldMarks then
        done(try('HSET', numberingKey, 'marks', oldMarks))
    end
    if room.fresh then
        done(try('DEL', numberingKey, logKey))
    end
end

local function append(offset, at, body)
    if MAX_MESSAGES == 0 then
        -- A message that is not kept ends the log of earlier ones, which another node may have kept.
        return done(try('DEL', logKey))
    elseif (room.offset + 1) % CUT_MESSAGES == 0 then
        return done(try('XADD', logKey, 'MAXLEN', MAX_MESSAGES, offset, 'at', at, 'body', body))
    end
    return done(try('XADD', logKey, offset, 'at', at, 'body', body))
end

-- Returns the position, or nothing if a command was refused. If all went well, 'room' is as it is now.
--
-- key       memory of an idempotency key, or nil
-- isNoted   whether it has the position already
local function store(offset, position, key, isNoted, body)
    local now, bytes = room.now, room.bytes + #body
    local marked = room.at == 0 or math.floor(now / MARK_MS) > math.floor(room.at / MARK_MS)
        or math.floor(bytes / MARK_BYTES) > math.floor(room.bytes / MARK_BYTES)
    local renewed = marked or room.age ~= KEPT_MS
    local oldMarks, newMarks, first

    if room.offset >= (room.written or 0) and not number(room.offset + 1, now, bytes) then
        if isNoted then
            forget(key)
        end
        return nil
    end
    local read = true
    if marked then
        local marks = try('HGET', numberingKey, 'marks') or ''
        read = done(marks)
        if read then
            oldMarks = marks
            newMarks, first = withMark(marks, now, offset, bytes)
        end
    end
    -- A log without a numbering is left over from an earlier time of the room.
    local begun = read
        and (not room.begins
            or done(try('HSET', numberingKey, 'epoch', room.epoch, 'base', text(room.base), 'lineage', room.lineage)))
        and (not marked or done(try('HSET', numberingKey, 'marks', newMarks)))
        and (not renewed or done(try('PEXPIRE', numberingKey, NUMBERING_MS)))
        and (not room.fresh or done(try('DEL', logKey)))
        and (not key or isNoted or done(try('SET', key, position, 'PX', KEY_MS)))
    local logged = begun and append(offset, text(now), body)
    local trimmed = logged
        and (not renewed or MAX_MESSAGES == 0 or done(try('PEXPIRE', logKey, AGE_MS + MARK_MS)))
        and (not marked or MAX_MESSAGES == 0 or done(try('XTRIM', logKey, 'MINID', first)))
        and (room.age == KEPT_MS or done(try('HSET', numberingKey, 'age', KEPT_MS)))
    if trimmed and tell(room.epoch, offset, body) then
        if marked and MAX_MESSAGES > 0 then
            shrink(body)
        end
        room.offset, room.at, room.bytes, room.age = room.offset + 1, now, bytes, KEPT_MS
        room.begins, room.fresh = false, false
        return position
    end
    takeBack(key, offset, position, now, bytes, oldMarks, logged)
end

-- Returns the answer for a key whose memory has 'first'; nothing if it has to be stored, or if a command was refused.
local function answerFor(key, first)
    if string.sub(first, 1, 1) ~= '!' then
        return first ~= '' and '=' .. first or nil
    end
    local epoch, offset = string.match(first, '^!(.*):(%d+)$')
    local entry = redis.call('XRANGE', logKey, offset, offset)[1]
    if entry then
        local position = epoch .. ':' .. offset
        return tell(epoch, offset, entry[2][4]) and done(try('SET', key, position, 'PX', KEY_MS))
            and '=' .. position or nil
    end
end

-- Returns the answer for a key that is known, where nothing can be stored.
local function known(key)
    local first = try('GET', key)
    if done(first) and first then
        return answerFor(key, first)
    end
end

-- Reads the numbering, and writes it as it is after the messages that follow.
--
-- first, last   of their bodies in ARGV
local function readRoom(first, last)
    room = numbering()
    if STRICT and room.fresh then
        error({ err = ABSENT })
    end
    -- Never backwards: readers stop at the first message that is too old.
    room.now = math.max(milliseconds(), room.at)
    if not room.begins then
        local bytes = room.bytes
        for i = first, last do
            bytes = bytes + #ARGV[i]
        end
        local written = room.offset + last - first + 1
        if number(written, room.now, bytes) then
            room.written = written
        end
        failure = nil
    end
end

-- Returns the answer for a message, or nothing if a command was refused.
local function publish(key, index, last)
    if not room then
        local isRead, refusal = pcall(readRoom, index, last)
        if not isRead then
            failure = refusal
            return key and known(key)
        end
    end
    local body = ARGV[index]
    local offset = text(room.offset + 1)
    local position = room.epoch .. ':' .. offset
    local isNoted = false
    if key then
        local first = try('SET', key, position, 'NX', 'GET', 'PX', KEY_MS)
        isNoted = not first
        if not done(first) then
            return known(key) -- A full Redis answers for known keys, too.
        end
        local answer = first and answerFor(key, first)
        if answer or failure then
            return answer
        end
    end
    local stored = store(offset, position, key, isNoted, body)
    if not stored and string.find(failure.err, 'equal or smaller', 1, true) then
        -- The log is ahead of the numbering, for whatever reason: a new epoch continues after it.
        failure = nil
        local info = redis.call('XINFO', 'STREAM', logKey)
        for i = 1, #info, 2 do
            if info[i] == 'last-generated-id' then
                renumbered(room, tonumber(string.match(info[i + 1], '^%d+')))
            end
        end
        room.fresh = false
        offset = text(room.offset + 1)
        stored = store(offset, room.epoch .. ':' .. offset, key, false, body)
    end
    return stored
end

local answers = {}
-- What is next in KEYS and ARGV.
local key, argument = 1, 8

local function refused(refusal)
    local text = type(refusal) == 'table' and refusal.err or tostring(refusal)
    answers[#answers + 1] = { err = type(refusal) ~= 'table' and text ~= ABSENT and 'ERR ' .. text or text }
    settle()
    room = nil
    return true
end

-- Answers the next message, with all care. Returns whether it was refused.
local function answer(letter, last)
    local memory
    if letter == FIRST_WITH_KEY or letter == WITH_KEY then
        memory, key = KEYS[key], key + 1
    end
    failure = nil
    local isDone, found = pcall(publish, memory, argument, last)
    argument = argument + 1
    if not isDone or not found then
        return refused(failure or found)
    end
    answers[#answers + 1] = found
    return false
end

-- Answers the next messages as long as they are like most: their offsets are written, no mark is due, and no key is
-- known. This is what 'publish' does for such a message, and takes half of the time. Returns the number of messages,
-- and whether the last of them was refused.
local function answerUsual(letters, from)
    if not room.written or room.at == 0 or room.age ~= KEPT_MS or MAX_MESSAGES == 0
            or math.floor(room.now / MARK_MS) > math.floor(room.at / MARK_MS) then
        return 0, false
    end
    local epoch, offset, bytes, at = room.epoch, room.offset, room.bytes, text(room.now)
    local markBytes = (math.floor(bytes / MARK_BYTES) + 1) * MARK_BYTES
    local head, tail, count = ENVELOPE .. 'M' .. epoch .. ' ', ' ' .. RUN .. ' ', #answers
    local stored, refusal, refusedKey = 0, nil, nil
    for i = from, #letters do
        local body, letter = ARGV[argument], string.byte(letters, i)
        local next = text(offset + 1)
        local position, memory = epoch .. ':' .. next, nil
        if bytes + #body >= markBytes or (offset + 1) % CUT_MESSAGES == 0 then
            break
        end
        if letter == FIRST_WITH_KEY or letter == WITH_KEY then
            memory = KEYS[key]
            if try('SET', memory, position, 'NX', 'GET', 'PX', KEY_MS) then
                break
            end
        end
        local reply = try('XADD', logKey, next, 'at', at, 'body', body)
        local logged = type(reply) ~= 'table'
        reply = logged and try(PUBLISH, channelKey, head .. next .. tail .. body) or reply
        if type(reply) == 'table' then
            room.offset, room.bytes, room.at = offset, bytes, offset > room.offset and room.now or room.at
            takeBack(memory, next, position, room.now, bytes + #body, nil, logged)
            refusal, refusedKey = reply, memory
            break
        end
        offset, bytes, argument, stored = offset + 1, bytes + #body, argument + 1, stored + 1
        key = memory and key + 1 or key
        answers[count + stored] = position
    end
    if refusal then
        if string.find(refusal.err, 'equal or smaller', 1, true) then
            return stored, false -- The log is ahead of the numbering.
        end
        key, argument = refusedKey and key + 1 or key, argument + 1
        return stored + 1, refused(refusal)
    end
    if stored > 0 then
        room.offset, room.bytes, room.at = offset, bytes, room.now
    end
    return stored, false
end

local rooms, last = 0, #ARGV
while argument <= last do
    numberingKey, logKey, channelKey = KEYS[key], KEYS[key + 1], KEYS[key + 2]
    knownEpoch, knownOffset = ARGV[argument], ARGV[argument + 1]
    local letters = ARGV[argument + 2]
    key, argument, rooms = key + 3, argument + 3, rooms + 1
    epochPart, room = ARGV[1] .. rooms, nil
    local lastOfRoom, isRefused, i = argument + #letters - 1, false, 1
    if not pcall(readRoom, argument, lastOfRoom) then
        room = nil
    end
    while i <= #letters do
        local usual = 0
        if room and not isRefused then
            usual, isRefused = answerUsual(letters, i)
        end
        i = i + usual
        local letter = string.byte(letters, i)
        if letter and isRefused and letter >= LEAST_OF_FURTHER then
            key = letter == WITH_KEY and key + 1 or key
            answers[#answers + 1], argument, i = '', argument + 1, i + 1
        elseif letter then
            isRefused, i = answer(letter, lastOfRoom), i + 1
        end
    end
    settle()
end
return answers
