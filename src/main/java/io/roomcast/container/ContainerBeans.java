package io.roomcast.container;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Threads;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedThreadFactory;
import jakarta.enterprise.concurrent.ManagedThreadFactoryDefinition;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/**
 * What the application server gives to the beans below. All threads are the server's: they come from a managed thread factory, so they
 * know the application's class loader and names. Messages are carried by a pool of them, not by a managed executor, which sets up the
 * application's context anew for each task: that costs more than the task (docs/decisions/0003-a-pool-of-managed-threads.md).
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
    Threads threads(RoomcastConfig config) {
        Threads own = Threads.of(factory, config.get(Keys.THREADS));
        String lent = config.get(Keys.EXECUTOR);
        return lent.isEmpty() ? own : new Threads(new ServerExecutor(lent, own.timer()), own.timer(), own.loops());
    }
}
