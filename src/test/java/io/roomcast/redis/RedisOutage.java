package io.roomcast.redis;

import io.roomcast.redis.connection.RedisSettings;
import io.roomcast.support.redis.RedisProcess;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.args.ClientType;

/** Keeps one node out of a Redis that serves the others: by a user of its own, who can be locked out. */
final class RedisOutage implements AutoCloseable {
    private static final String USER = "outsider";

    private final Jedis admin;
    private final int port;

    RedisOutage(RedisProcess redis) {
        port = redis.port();
        admin = new Jedis("127.0.0.1", port);
        admin.aclSetUser(USER, "on", ">secret", "~*", "&*", "+@all");
    }

    /** For the node that will be kept out. */
    RedisSettings settings() {
        return RedisSettings.parse("redis://" + USER + ":secret@127.0.0.1:" + port);
    }

    void begin() {
        admin.aclSetUser(USER, "off");
        admin.sendCommand(() -> "CLIENT".getBytes(java.nio.charset.StandardCharsets.US_ASCII), "KILL", "USER", USER);
    }

    void end() {
        admin.aclSetUser(USER, "on");
    }

    /** Whether the node listens. */
    boolean isOver() {
        return admin.clientList(ClientType.PUBSUB).contains("user=" + USER);
    }

    @Override
    public void close() {
        admin.close();
    }
}
