package io.roomcast.support;

import java.util.concurrent.atomic.LongAdder;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Says how long each part of the test run took: the unit tests, and the integration tests on each server. It says so on
 * the console, between Maven's own lines, which is where one looks for it. Found by JUnit itself.
 */
public final class TestTimer implements TestExecutionListener {
    private final LongAdder tests = new LongAdder();
    private long begin;

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        begin = System.nanoTime();
        tests.reset();
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (test.isTest()) {
            tests.increment();
        }
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        // README promises this line; a logger would put its own head before it, or be turned down.
        System.out.printf(
                "Time of the %s tests: %.1f s, %d tests%n",
                System.getProperty("roomcast.tests", "unit"), (System.nanoTime() - begin) / 1e9, tests.sum());
    }
}
