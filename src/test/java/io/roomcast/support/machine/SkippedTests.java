package io.roomcast.support.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes down which tests were skipped and why, a file for each {@linkplain TestProcess process}. {@link SkippedTestsReport} reads them when all have run. Found by JUnit itself.
 */
public final class SkippedTests implements TestExecutionListener {
    /** The build empties it before the tests. */
    static final Path DIRECTORY = Path.of("target", "skipped-tests");

    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Path file;
    private volatile TestPlan plan;

    public SkippedTests() {
        this(DIRECTORY);
    }

    SkippedTests(Path directory) {
        file = directory.resolve(TestProcess.id() + ".txt");
    }

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        this.plan = plan;
    }

    @Override
    public void executionSkipped(TestIdentifier skipped, String reason) {
        note(skipped, reason);
    }

    @Override
    public void executionFinished(TestIdentifier finished, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            note(finished, result.getThrowable().map(Throwable::getMessage).orElse(null));
        }
    }

    /** A class that is skipped skips what is in it; how often a test with parameters would have run, nobody knows. */
    private void note(TestIdentifier skipped, String reason) {
        long tests = skipped.isTest()
                ? 1
                : plan.getDescendants(skipped).stream()
                        .filter(test -> plan.getChildren(test).isEmpty())
                        .count();
        lines.add(String.join("\t", Long.toString(Math.max(1, tests)), className(skipped), oneLine(reason)));
    }

    /** A process may run each class in a plan of its own, and some tests again: the file has all of them. */
    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        if (lines.isEmpty()) {
            return;
        }
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String className(TestIdentifier test) {
        return test.getSource()
                .map(source -> source instanceof MethodSource method
                        ? method.getClassName()
                        : source instanceof ClassSource type ? type.getClassName() : null)
                .map(name -> name.replaceFirst(".*\\.", ""))
                .orElse(test.getDisplayName());
    }

    private static String oneLine(String reason) {
        return reason == null
                ? "no reason given"
                : reason.replaceFirst("^Assumption failed: ", "").replaceAll("\\s+", " ");
    }
}
