package io.roomcast.support.redis;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import redis.clients.jedis.Jedis;

/**
 * A Redis for all tests of a class, with a connection of its administrator; in a field that is not static, one for each
 * test.
 */
public final class TestRedis implements BeforeAllCallback, AfterAllCallback, BeforeEachCallback, AfterEachCallback {
    private RedisProcess process;
    private Jedis admin;
    private boolean forAll;

    public RedisProcess process() {
        return process;
    }

    public Jedis admin() {
        return admin;
    }

    public String uri() {
        return process.uri();
    }

    public int port() {
        return process.port();
    }

    private void start() {
        process = RedisProcess.launch();
        admin = new Jedis("127.0.0.1", process.port());
    }

    private void stop() {
        admin.close();
        process.close();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        forAll = true;
        start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        stop();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (!forAll) {
            start();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (!forAll) {
            stop();
        }
    }
}
