package io.roomcast.service;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * How many sessions the process has files for: each is one. A JVM that has none left cannot open what it has yet to load either, and a class that failed
 * to load once is gone for good; so some are kept back.
 */
final class OpenFiles {
    private static final long RESERVE = 500;
    private static final int RESERVED_SHARE = 8;

    private OpenFiles() {}

    /** Sessions of this process; any number where the system does not tell. */
    static long sessions() {
        try {
            Object most = ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName("java.lang:type=OperatingSystem"), "MaxFileDescriptorCount");
            return sessions((Long) most);
        } catch (JMException | RuntimeException e) {
            return Long.MAX_VALUE;
        }
    }

    /** @param files that a process may have open ({@code ulimit -n}); not over 0 where there is no limit */
    static long sessions(long files) {
        return files <= 0 ? Long.MAX_VALUE : files - Math.min(RESERVE, files / RESERVED_SHARE);
    }
}
