package io.roomcast.support.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class SkippedTestsTest {
    @TempDir
    Path directory;

    @Test
    void aReasonIsToldOnceWithAllItsTests() throws IOException {
        run(WholeClass.class, OneOfTwo.class, AnotherReason.class);
        assertEquals(
                List.of(
                        "1 test was skipped: it waits for a release.",
                        "    SkippedTestsTest$AnotherReason",
                        "3 tests were skipped: no lathe. Install a lathe.",
                        "    SkippedTestsTest$OneOfTwo, SkippedTestsTest$WholeClass"),
                SkippedTestsReport.report(directory));
    }

    @Test
    void allPartsOfTheRunCountTogether() throws IOException {
        run(OneOfTwo.class);
        Path unit = directory.resolve(TestProcess.id() + ".txt");
        Files.copy(unit, directory.resolve("wildfly.txt"));
        assertEquals(
                "2 tests were skipped: no lathe. Install a lathe.",
                SkippedTestsReport.report(directory).get(0));
    }

    @Test
    void nothingIsSaidWhereAllTestsRan() throws IOException {
        run(Works.class);
        assertEquals(List.of(), SkippedTestsReport.report(directory));
        assertEquals(List.of(), SkippedTestsReport.report(directory.resolve("no tests at all")));
    }

    private void run(Class<?>... classes) {
        LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
        for (Class<?> type : classes) {
            request.selectors(selectClass(type));
        }
        LauncherConfig none = LauncherConfig.builder()
                .enableTestExecutionListenerAutoRegistration(false)
                .enableLauncherSessionListenerAutoRegistration(false)
                .build();
        LauncherFactory.create(none).execute(request.build(), new SkippedTests(directory));
    }

    static final class WholeClass {
        @BeforeAll
        static void needsALathe() {
            abort("no lathe. Install a lathe");
        }

        @Test
        void first() {}

        @Test
        void second() {}
    }

    static final class OneOfTwo {
        @Test
        void first() {
            assumeTrue(owned(), "no lathe. Install a lathe");
        }

        @Test
        void second() {}

        private static boolean owned() {
            return false;
        }
    }

    /** Only the tests above start this class, to see what is told of a disabled test. The build does not find it. */
    static final class AnotherReason {
        @Test
        @Disabled("it waits for a release") // A sample, whose telling is tested above.
        void first() {}
    }

    static final class Works {
        @Test
        void first() {}
    }
}
