package io.roomcast.container;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Clocks;
import io.roomcast.node.Threads;
import io.roomcast.relay.ArchiveProvider;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.concurrent.ManagedThreadFactoryDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * Beans that the application server provides: configuration and threads. All threads come from the server's managed
 * thread factory, so they have the application's class loader and naming context. Lanes run on a pool of such threads,
 * unless {@code roomcast.executor} names an executor of the server. A managed executor would set up the context for
 * each task (docs/decisions/0003-a-pool-of-managed-threads.md).
 */
@ApplicationScoped
@ManagedThreadFactoryDefinition(name = ContainerBeans.THREAD_FACTORY)
public class ContainerBeans {
    static final String THREAD_FACTORY = "java:module/roomcast/threads";

    @Resource(lookup = THREAD_FACTORY)
    private ManagedThreadFactory factory;

    @Produces
    @Singleton
    RoomcastConfig config() {
        return ConfigSources.load();
    }

    @Produces
    @Singleton
    ArchiveProvider archive(RoomcastConfig config, Clocks clocks) {
        return () -> ServerArchive.open(config, clocks);
    }

    @Produces
    @Singleton
    Threads threads(RoomcastConfig config) {
        Threads own = Threads.of(factory, config.get(Keys.THREADS));
        String server = config.get(Keys.EXECUTOR);
        return server.isEmpty()
                ? own
                : new Threads(new ServerExecutor(server, own.timer()), own.timer(), own.loopThreads());
    }
}
