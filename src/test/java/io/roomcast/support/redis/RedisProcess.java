package io.roomcast.support.redis;

import io.roomcast.support.machine.BrokerProcess;
import io.roomcast.support.machine.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import redis.embedded.RedisExecProvider;

/** A real Redis 7 on a free loopback port. */
public final class RedisProcess extends BrokerProcess {
    private static final String EXECUTABLE = executable();

    private final List<String> options;
    private final int port;

    private RedisProcess(int port, List<String> options) {
        super("redis");
        this.port = port;
        this.options = options;
        start();
    }

    /** @param options as on the command line of redis-server */
    public static RedisProcess launch(String... options) {
        return launchAt(Ports.free(), options);
    }

    public static RedisProcess launchAt(int port, String... options) {
        return new RedisProcess(port, List.of(options));
    }

    /** One that speaks TLS only, and asks for no certificate of its clients. */
    public static RedisProcess launchTls(Certificates own) {
        int port = Ports.free();
        String certificate = own.certificate().toString();
        List<String> options = new ArrayList<>(List.of("--port", "0", "--tls-port", String.valueOf(port)));
        options.addAll(List.of("--tls-auth-clients", "no", "--tls-ca-cert-file", certificate));
        options.addAll(List.of(
                "--tls-cert-file", certificate, "--tls-key-file", own.key().toString()));
        return new RedisProcess(port, options);
    }

    public int port() {
        return port;
    }

    public String uri() {
        return "redis://127.0.0.1:" + port;
    }

    @Override
    protected List<String> command() {
        List<String> command = new ArrayList<>(List.of(EXECUTABLE));
        command.addAll(options); // First, since a configuration file has to be.
        command.addAll(List.of("--bind", "127.0.0.1", "--dir", directory().toString()));
        if (!options.contains("--tls-port")) {
            command.addAll(List.of("--port", String.valueOf(port)));
        }
        if (!options.contains("--save") && !options.contains("--sentinel")) {
            command.addAll(List.of("--save", ""));
        }
        return command;
    }

    @Override
    protected boolean saysReady(String line) {
        return line.contains("Ready to accept connections") || line.contains("Sentinel ID is");
    }

    private static String executable() {
        try {
            return RedisExecProvider.defaultProvider().get().getAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
