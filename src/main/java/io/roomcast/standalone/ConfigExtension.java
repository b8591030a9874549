package io.roomcast.standalone;

import io.roomcast.config.RoomcastConfig;
import io.roomcast.relay.Archive;
import io.roomcast.relay.ArchiveProvider;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.spi.AfterBeanDiscovery;
import jakarta.enterprise.inject.spi.Extension;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Makes the configuration of the server, and its archive, CDI beans. */
final class ConfigExtension implements Extension {
    private final RoomcastConfig config;
    private final Optional<Archive> archive;

    ConfigExtension(RoomcastConfig config, Optional<Archive> archive) {
        this.config = config;
        this.archive = archive;
    }

    void add(@Observes AfterBeanDiscovery event) {
        event.addBean().types(RoomcastConfig.class).scope(Singleton.class).createWith(context -> config);
        event.addBean().types(ArchiveProvider.class).scope(Singleton.class).createWith(context ->
                (ArchiveProvider) () -> archive);
    }
}
