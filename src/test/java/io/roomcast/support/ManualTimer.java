package io.roomcast.support;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Delayed;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** A clock and a timer that stand still until the test advances them. Tasks run on the test's own thread. */
public final class ManualTimer extends ScheduledThreadPoolExecutor implements InstantSource {
    private final List<Task> tasks = new ArrayList<>();
    private long now = 1_000_000;

    public ManualTimer() {
        super(0);
    }

    @Override
    public long millis() {
        return now;
    }

    /** As {@link System#nanoTime}. */
    public long nanos() {
        return TimeUnit.MILLISECONDS.toNanos(now);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(now);
    }

    /** Lets time pass, and runs what is due, in its order. */
    public void advance(long millis) {
        long end = now + millis;
        while (true) {
            Task next = tasks.stream()
                    .min(Comparator.comparingLong(task -> task.at))
                    .orElse(null);
            if (next == null || next.at > end) {
                break;
            }
            now = Math.max(now, next.at);
            tasks.remove(next);
            next.run();
        }
        now = end;
    }

    /** Time passes, and nothing runs: the process stands still. */
    public void standStill(long millis) {
        now += millis;
    }

    /** Tasks that are yet to run. */
    public int pending() {
        return tasks.size();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return add(task, delay, 0, false, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, long first, long delay, TimeUnit unit) {
        return add(task, first, delay, true, unit);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, long first, long period, TimeUnit unit) {
        return add(task, first, period, false, unit);
    }

    private Task add(Runnable task, long delay, long period, boolean afterEnd, TimeUnit unit) {
        if (isShutdown()) {
            throw new RejectedExecutionException("this timer has ended");
        }
        Task added = new Task(task, now + unit.toMillis(delay), unit.toMillis(period), afterEnd);
        tasks.add(added);
        return added;
    }

    private final class Task extends FutureTask<Void> implements ScheduledFuture<Void> {
        private final long period;
        private final boolean afterEnd;
        private long at;

        Task(Runnable task, long at, long period, boolean afterEnd) {
            super(task, null);
            this.at = at;
            this.period = period;
            this.afterEnd = afterEnd;
        }

        @Override
        public void run() {
            if (period == 0) {
                super.run();
            } else if (runAndReset()) {
                at = (afterEnd ? now : at) + period;
                tasks.add(this);
            }
        }

        @Override
        public boolean cancel(boolean interrupt) {
            tasks.remove(this);
            return super.cancel(interrupt);
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(at - now, TimeUnit.MILLISECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.MILLISECONDS), other.getDelay(TimeUnit.MILLISECONDS));
        }
    }
}
