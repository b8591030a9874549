package io.roomcast.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.support.RemoteConsole;
import io.roomcast.support.RoomClient;
import io.roomcast.support.TestServer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.stream.LongStream;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What clients send is taken in by the thread that read it, and never waits for one of those that serve requests, though
 * WildFly and Payara hand each frame to one of them by themselves.
 */
@Tag("server")
class IoThreadIT {
    private static final int MESSAGES = 2_000;
    /** Of the pools to which WildFly and Payara hand work for applications that may block. */
    private static final String POOLED = "default task-\\d+|http-thread-pool.*";

    @Test
    void takesInWhatItRead() throws Exception {
        ObjectName node = new ObjectName("io.roomcast:type=Node");
        try (RemoteConsole console = RemoteConsole.ofAny(
                        ProcessHandle.current().descendants().map(ProcessHandle::pid), node);
                TestServer server = TestServer.open();
                RoomClient ann = RoomClient.enter(server, TestServer.newRoom(), "ann")) {
            long before = allocatedByPool(console.beans());
            for (int i = 1; i <= MESSAGES; i++) {
                ann.say("{'type':'publish','id':" + i + ",'content':'hello'}");
                ann.next("ack");
            }
            long each = (allocatedByPool(console.beans()) - before) / MESSAGES;
            assertTrue(each < 100, "threads of the pool allocated " + each + " bytes for each message");
        }
    }

    private static long allocatedByPool(MBeanServerConnection beans) throws Exception {
        ThreadMXBean threads = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        long[] pooled = LongStream.of(threads.getAllThreadIds())
                .filter(id -> threads.getThreadInfo(id) != null
                        && threads.getThreadInfo(id).getThreadName().matches(POOLED))
                .toArray();
        ObjectName bean = new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME);
        Object bytes = beans.invoke(
                bean, "getThreadAllocatedBytes", new Object[] {pooled}, new String[] {long[].class.getName()});
        return LongStream.of((long[]) bytes).filter(known -> known > 0).sum();
    }
}
