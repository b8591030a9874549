package io.roomcast.standalone;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.node.Threads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** Beans that an application server would provide: the threads. */
@ApplicationScoped
public class StandaloneBeans {

    @Produces
    @Singleton
    Threads threads(RoomcastConfig config) {
        return Threads.of(Thread::new, config.get(Keys.THREADS));
    }
}
