package io.roomcast.fault;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.abort;

import io.roomcast.support.machine.Program;
import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A build of Roomcast that a node can run.
 *
 * @param classPath of the embedded server
 */
record Build(String classPath) {
    private static final Path CLASSES = Path.of("target", "classes").toAbsolutePath();
    private static final Path TEST_CLASSES = Path.of("target", "test-classes").toAbsolutePath();

    /** The one that is tested. */
    static Build current() {
        return new Build(System.getProperty("java.class.path"));
    }

    /**
     * An earlier one, compiled from the history of this repository with the libraries of the current one. Without the
     * history, the test that asked is skipped.
     *
     * @param commit of its sources
     * @param directory to build it in, empty
     */
    static Build of(String commit, Path directory) {
        String git = Program.GIT.require().toString();
        if (run(directory, git, "cat-file", "-e", commit + "^{commit}") != 0) {
            abort("no history with the commit " + commit + ". Clone the repository with its history");
        }
        Path archive = directory.resolve("sources.zip");
        assertTrue(
                run(
                                directory,
                                git,
                                "archive",
                                "--output=" + archive,
                                commit,
                                "src/main/java",
                                "src/main/resources",
                                "src/main/filtered")
                        == 0,
                () -> "git archive of " + commit);
        try (FileSystem sources = FileSystems.newFileSystem(archive)) {
            Path classes = Files.createDirectory(directory.resolve("classes"));
            copy(sources.getPath("src/main/resources"), classes);
            copy(sources.getPath("src/main/filtered"), classes);
            String libraries = Stream.of(System.getProperty("java.class.path").split(Pattern.quote(File.pathSeparator)))
                    .filter(entry -> !Path.of(entry).toAbsolutePath().equals(CLASSES)
                            && !Path.of(entry).toAbsolutePath().equals(TEST_CLASSES))
                    .collect(Collectors.joining(File.pathSeparator));
            compile(sources.getPath("src/main/java"), libraries, classes);
            return new Build(classes + File.pathSeparator + libraries);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
    }

    private static void compile(Path sources, String libraries, Path classes) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter complaints = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
                Stream<Path> all = Files.walk(sources)) {
            List<Path> units =
                    all.filter(file -> file.toString().endsWith(".java")).toList();
            List<String> options =
                    List.of("-proc:none", "-nowarn", "-parameters", "-cp", libraries, "-d", classes.toString());
            boolean done = compiler.getTask(
                            complaints, files, null, options, null, files.getJavaFileObjectsFromPaths(units))
                    .call();
            assertTrue(done, complaints::toString);
        }
    }

    private static int run(Path directory, String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("git.txt").toFile())
                    .start();
            assertTrue(process.waitFor(30, TimeUnit.SECONDS), "git does not end");
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
