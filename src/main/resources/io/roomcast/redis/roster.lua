-- ARGV[1]  names at most

local limit = tonumber(ARGV[1])
return answer(limit > 0 and redis.call('ZRANGE', KEYS[1], 0, limit - 1) or {})
