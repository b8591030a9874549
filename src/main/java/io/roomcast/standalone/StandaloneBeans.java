package io.roomcast.standalone;

import io.roomcast.config.Keys;
import io.roomcast.config.RoomcastConfig;
import io.roomcast.service.Threads;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/** The threads that an application server would lend. */
@ApplicationScoped
public class StandaloneBeans {

    @Produces
    @Singleton
    Threads threads(RoomcastConfig config) {
        int configured = config.get(Keys.THREADS);
        int lanes = configured == 0 ? Runtime.getRuntime().availableProcessors() : configured;
        ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, named("roomcast-timer"));
        timer.setRemoveOnCancelPolicy(true);
        return new Threads(Executors.newFixedThreadPool(lanes, named("roomcast-lane")), timer, named("roomcast-loop"));
    }

    void end(@Disposes Threads threads) {
        threads.timer().shutdownNow();
        ((ExecutorService) threads.lanes()).shutdown();
    }

    private static ThreadFactory named(String purpose) {
        AtomicInteger number = new AtomicInteger();
        return task -> {
            Thread thread = new Thread(task, purpose + "-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }
}
