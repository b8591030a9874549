package io.roomcast.node;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * How many sessions the process has files for: each is one. A JVM that has none left cannot open what it has yet to load either, and a class that failed
 * to load once is gone for good; so some are kept back.
 */
public final class FileDescriptors {
    private static final long RESERVE = 500;
    private static final int RESERVED_SHARE = 6;

    /** By what goes on beside connections: the relay, the log, and classes that are loaded late. */
    private static final long NEEDED = 40;

    private FileDescriptors() {}

    /** Sessions of this process; any number where the system does not tell. */
    static long sessions() {
        return sessions(figure("MaxFileDescriptorCount", -1));
    }

    /**
     * Connections of any kind that this process has files for, beside the files that it has open already and some that it will need. More than sessions: there has to
     * be room to refuse somebody.
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
        return files <= 0 ? Long.MAX_VALUE : Math.max(1, files - open - NEEDED);
    }

    /** @param files that a process may have open ({@code ulimit -n}); not over 0 where there is no limit */
    static long sessions(long files) {
        return files <= 0 ? Long.MAX_VALUE : files - Math.min(RESERVE, files / RESERVED_SHARE);
    }
}
