-- The members of a lease are removed: forgets it, but for a tombstone that tells its node so, should it come back.
--
-- KEYS[1]  leases   KEYS[2]  claims   KEYS[3]  tombstone   KEYS[4]  rooms of the lease
-- ARGV[1]  lease   ARGV[2]  time in ms that the tombstone stands

redis.call('ZREM', KEYS[1], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('DEL', KEYS[4])
redis.call('SET', KEYS[3], '1', 'PX', ARGV[2])
