package io.roomcast.websocket.undertow;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.xnio.XnioExecutor;

class UndertowCloseTimerTest {
    private final Queue<Runnable> later = new ArrayDeque<>();
    private final XnioExecutor thread = new XnioExecutor() {
        @Override
        public void execute(Runnable task) {
            task.run();
        }

        @Override
        public Key executeAfter(Runnable task, long time, TimeUnit unit) {
            assertEquals(1, unit.toSeconds(time));
            later.add(task);
            return () -> later.remove(task);
        }

        @Override
        public Key executeAtInterval(Runnable task, long time, TimeUnit unit) {
            throw new UnsupportedOperationException();
        }
    };
    private final FakeTarget target = new FakeTarget();
    private final UndertowCloseTimer end = new UndertowCloseTimer(target, thread);

    private static final class FakeTarget implements UndertowCloseTimer.Target {
        private boolean written;
        private boolean cut;

        @Override
        public boolean isWritten() {
            return written;
        }

        @Override
        public void cut() {
            cut = true;
        }
    }

    @Test
    void aClientHasASecondToReadTheClose() {
        target.written = true;
        end.schedule();
        assertFalse(target.cut);
        aSecondLater();
        assertTrue(target.cut);
        assertTrue(later.isEmpty());
    }

    @Test
    void itBeginsWhenTheNetworkHasTakenTheClose() {
        end.schedule();
        aSecondLater();
        target.written = true;
        aSecondLater();
        assertFalse(target.cut);
        aSecondLater();
        assertTrue(target.cut);
    }

    @Test
    void oneThatReadsNothingIsNotWaitedForLong() {
        end.schedule();
        for (int second = 1; second < 5; second++) {
            aSecondLater();
            assertFalse(target.cut);
        }
        aSecondLater();
        assertTrue(target.cut);
        assertTrue(later.isEmpty());
    }

    @Test
    void aServerThatEndsClosesWhatIsLeft() {
        new UndertowCloseTimer(target, new XnioExecutor() {
                    @Override
                    public void execute(Runnable task) {
                        throw new RejectedExecutionException();
                    }

                    @Override
                    public Key executeAfter(Runnable task, long time, TimeUnit unit) {
                        throw new RejectedExecutionException();
                    }

                    @Override
                    public Key executeAtInterval(Runnable task, long time, TimeUnit unit) {
                        throw new RejectedExecutionException();
                    }
                })
                .schedule();
        assertFalse(target.cut);
    }

    private void aSecondLater() {
        later.remove().run();
    }
}
