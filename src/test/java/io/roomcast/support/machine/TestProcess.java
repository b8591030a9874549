package io.roomcast.support.machine;

/** Which process of the test run this is. The build runs several of some parts beside one another. */
public final class TestProcess {
    private TestProcess() {}

    /** The part of the run: {@code unit}, or the kind of server that the integration tests run on. */
    public static String part() {
        return System.getProperty("roomcast.tests", "unit");
    }

    /** The part, and the process within it. No other process that runs has the same. */
    public static String id() {
        return part() + "-" + System.getProperty("roomcast.tests.process", "process-1");
    }
}
