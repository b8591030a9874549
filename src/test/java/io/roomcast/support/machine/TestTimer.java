package io.roomcast.support.machine;

import java.util.concurrent.atomic.LongAdder;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Says how long each {@linkplain TestProcess process} of the test run took. It says so on the console, between Maven's
 * own lines, which is where one looks for it. Found by JUnit itself.
 */
public final class TestTimer implements LauncherSessionListener, TestExecutionListener {
    private final LongAdder tests = new LongAdder();
    private long begin;

    @Override
    public void launcherSessionOpened(LauncherSession session) {
        begin = System.nanoTime();
        session.getLauncher().registerTestExecutionListeners(this);
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            tests.increment();
        }
    }

    @Override
    public void launcherSessionClosed(LauncherSession session) {
        // Maven opens one more to look for tests only.
        if (tests.sum() > 0) {
            System.out.printf( // What this class is for; a logger would put its own head before it, or be turned down.
                    "Time of the tests (%s): %.1f s, %d tests%n",
                    TestProcess.id(), (System.nanoTime() - begin) / 1e9, tests.sum());
        }
    }
}
