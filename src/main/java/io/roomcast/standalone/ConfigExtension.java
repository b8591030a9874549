package io.roomcast.standalone;

import io.roomcast.config.RoomcastConfig;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.inject.Singleton;

/** Makes the configuration of the server a CDI bean. */
final class ConfigExtension implements Extension {
    private final RoomcastConfig config;

    ConfigExtension(RoomcastConfig config) {
        this.config = config;
    }

    void add(@Observes AfterBeanDiscovery event) {
        event.addBean().types(RoomcastConfig.class).scope(Singleton.class).createWith(context -> config);
    }
}
