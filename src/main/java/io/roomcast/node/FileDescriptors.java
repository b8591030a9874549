package io.roomcast.node;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * How many sessions and connections this process can open. Each needs one file descriptor. Some descriptors are
 * reserved for the files of classes that the JVM loads later, because a class that failed to load once is missing until
 * the restart. Any thread.
 */
public final class FileDescriptors {
    /** Most descriptors that sessions do not use. */
    private static final long RESERVE = 500;

    /** Sessions leave all descriptors divided by this number unused, if that is less than {@link #RESERVE}. */
    private static final int RESERVE_DIVISOR = 6;

    /** Descriptors for the relay, the log, and classes that are loaded later. */
    private static final long LATE_FILES = 40;

    private FileDescriptors() {}

    /** The most sessions of this process; {@link Long#MAX_VALUE} if the system does not tell its limit. */
    static long sessions() {
        return sessions(figure("MaxFileDescriptorCount", -1));
    }

    /**
     * The most connections of any kind: all descriptors, minus the files that are open already and a few that will be
     * needed. This number is usually greater than the limit of sessions. So the node can answer a client whose session
     * it refuses.
     *
     * @return at least 1; {@link Long#MAX_VALUE} if the system does not tell its limit
     */
    public static long connections() {
        return connections(figure("MaxFileDescriptorCount", -1), figure("OpenFileDescriptorCount", 0));
    }

    private static long figure(String attribute, long otherwise) {
        try {
            return (Long) ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName("java.lang:type=OperatingSystem"), attribute);
        } catch (JMException | RuntimeException e) {
            return otherwise;
        }
    }

    static long connections(long files, long open) {
        return files <= 0 ? Long.MAX_VALUE : Math.max(1, files - open - LATE_FILES);
    }

    /** @param files how many files a process may have open ({@code ulimit -n}); 0 or less for no limit */
    static long sessions(long files) {
        return files <= 0 ? Long.MAX_VALUE : files - Math.min(RESERVE, files / RESERVE_DIVISOR);
    }
}
