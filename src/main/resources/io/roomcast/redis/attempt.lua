-- Tries every command of the other scripts once, on keys of its own. A command that Redis refuses here, for lack of a
-- permission, of memory or of replicas, would fail in the middle of another script. Returns the refused commands, each
-- as COMMAND: ERROR.
--
-- KEYS[1]  a hash   KEYS[2]  a sorted set   KEYS[3]  a string   KEYS[4]  a stream
-- ARGV[1]  channel of this node   ARGV[2]  time to live of the keys in ms

local hash, sorted, string, stream = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local refused = {}

local function try(...)
    local reply = redis.pcall(...)
    if type(reply) == 'table' and reply.err then
        refused[#refused + 1] = (...) .. ': ' .. reply.err
    end
end

try('HSET', hash, 'a', '1') -- First, since a full Redis refuses nothing any more once a script has written.
redis.pcall('DEL', stream)
try('HGET', hash, 'a')
try('HMGET', hash, 'a', 'b')
try('HGETALL', hash)
try('HDEL', hash, 'a')
try('ZADD', sorted, 1, 'a')
try('ZSCORE', sorted, 'a')
try('ZCOUNT', sorted, 0, 1)
try('ZRANGE', sorted, 0, 1)
try('ZRANGEBYSCORE', sorted, 0, 1)
try('ZREMRANGEBYSCORE', sorted, 2, 3)
try('ZREM', sorted, 'a')
try('SET', string, 'a', 'PX', ARGV[2])
try('GET', string)
try('TYPE', string)
try('PTTL', string)
try('XADD', stream, '1', 'a', '1')
try('XADD', stream, '2', 'a', '1')
try('XRANGE', stream, '1', '1')
try('XREVRANGE', stream, '1', '1')
try('XINFO', 'STREAM', stream)
try('XTRIM', stream, 'MAXLEN', 9)
try('XDEL', stream, '2')
try('XSETID', stream, '1', 'MAXDELETEDID', '1')
try('TIME')
try('INFO', 'server')
try(PUBLISH, ARGV[1], ENVELOPE .. 'N')
for _, key in ipairs(KEYS) do
    try('PEXPIRE', key, ARGV[2])
end
try('DEL', unpack(KEYS))
return refused
