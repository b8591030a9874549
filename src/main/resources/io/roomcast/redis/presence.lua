-- Who is in a room, for the scripts that this file is put in front of.
--
-- KEYS[1]  users: a sorted set of names, all with score 0, so that they are in order
-- KEYS[2]  counts: a hash from a user to the number of sessions
-- KEYS[3]  sessions: a hash from a session to its user, of one node's lease

local function came(user)
    if redis.call('HINCRBY', KEYS[2], user, 1) > 1 then
        return false
    end
    redis.call('ZADD', KEYS[1], 0, user)
    return true
end

local function went(user)
    if redis.call('HINCRBY', KEYS[2], user, -1) > 0 then
        return false
    end
    redis.call('HDEL', KEYS[2], user)
    return redis.call('ZREM', KEYS[1], user) == 1
end

-- Answers how many users there are now, and who of them came or went.
local function answer(changed)
    table.insert(changed, 1, redis.call('ZCARD', KEYS[1]))
    return changed
end
