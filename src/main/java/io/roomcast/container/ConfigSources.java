package io.roomcast.container;

import io.roomcast.config.ConfigException;
import io.roomcast.config.Key;
import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the configuration from MicroProfile Config, which operators change with the console or command line of the
 * server. On a server without MicroProfile Config, reads system properties and the environment.
 */
final class ConfigSources {
    private ConfigSources() {}

    /** @throws ConfigException with one line for each wrong value or unknown name */
    static RoomcastConfig load() {
        try {
            return MicroProfileSource.load();
        } catch (NoClassDefFoundError | IllegalStateException e) {
            // This server has no MicroProfile Config, or only its API without an implementation.
            return fromProcess();
        }
    }

    private static RoomcastConfig fromProcess() {
        Map<String, String> texts = new HashMap<>();
        for (Key<?> key : Keys.ALL) {
            String environment = System.getenv(key.environmentName());
            String text = System.getProperty(key.name(), environment);
            if (text != null) {
                texts.put(key.name(), text);
            }
        }
        List<String> names = new ArrayList<>(System.getProperties().stringPropertyNames());
        names.addAll(System.getenv().keySet());
        names.stream()
                .filter(Keys::isOfFamily)
                .forEach(name -> texts.put(name, System.getProperty(name, System.getenv(name))));
        return RoomcastConfig.load(name -> Optional.ofNullable(texts.get(name)), names);
    }
}
