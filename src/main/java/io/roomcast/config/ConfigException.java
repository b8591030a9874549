package io.roomcast.config;

import java.util.List;

/** Everything that is wrong with a configuration, all at once. */
public final class ConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ConfigException(List<String> problems) {
        super(String.join("\n", problems), null, false, false);
    }
}
