package io.roomcast.redis.connection;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol;

/** A Lua script, and its SHA-1. A call names a loaded script by its SHA-1. Immutable. */
public final class Script {
    private static final String FOLDER = "/io/roomcast/redis/";

    private final byte[] text;
    private final byte[] sha;

    private Script(String text) {
        this.text = text.getBytes(UTF_8);
        this.sha = sha1(this.text).getBytes(UTF_8);
    }

    /**
     * @param constants Lua statements that precede the script
     * @param files the parts of the script, in order
     */
    public static Script of(String constants, String... files) {
        StringBuilder text = new StringBuilder(constants);
        for (String file : files) {
            text.append(resource(file));
        }
        return new Script(text.toString());
    }

    /** The command that loads the script into Redis. */
    public CommandArguments load() {
        return new CommandArguments(Protocol.Command.SCRIPT)
                .add(Protocol.Keyword.LOAD)
                .add(text);
    }

    /** As {@link #call}, but sends the text, for a script that is perhaps not loaded. */
    public CommandArguments callByText(List<byte[]> keys, Object... arguments) {
        CommandArguments call =
                new CommandArguments(Protocol.Command.EVAL).add(text).add(keys.size());
        keys.forEach(call::add);
        return call.addObjects(arguments);
    }

    /** The command that runs the script, which must be loaded. */
    public CommandArguments call(List<byte[]> keys, Object... arguments) {
        CommandArguments call =
                new CommandArguments(Protocol.Command.EVALSHA).add(sha).add(keys.size());
        keys.forEach(call::add);
        return call.addObjects(arguments);
    }

    private static String resource(String file) {
        try (InputStream in = Script.class.getResourceAsStream(FOLDER + file)) {
            return new String(in.readAllBytes(), UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha1(byte[] text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(text));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // Every Java platform has SHA-1.
        }
    }
}
