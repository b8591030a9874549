package io.roomcast.container;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.config.Config;
import org.eclipse.microprofile.config.ConfigProvider;

/**
 * Reads MicroProfile Config. This code has a class of its own, because it cannot be linked on a server without that
 * API.
 */
final class MicroProfileSource {
    private MicroProfileSource() {}

    static RoomcastConfig load() {
        Config config = ConfigProvider.getConfig();
        List<String> names = new ArrayList<>();
        config.getPropertyNames().forEach(names::add);
        names.removeIf(name -> Keys.isAlias(
                name,
                config.getConfigValue(name).getSourceName(),
                System.getenv().keySet()));
        return RoomcastConfig.load(name -> config.getOptionalValue(name, String.class), names);
    }
}
