package io.roomcast.config;

import java.util.List;

/** All problems of a configuration. The message has one line for each problem. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems), null, false, false);
    }
}
