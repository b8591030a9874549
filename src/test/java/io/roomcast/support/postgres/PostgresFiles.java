package io.roomcast.support.postgres;

import static org.junit.jupiter.api.Assumptions.abort;

import io.roomcast.support.machine.Program;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * The programs of PostgreSQL, as Maven has them, unpacked once for this process. PostgreSQL refuses to run as root: then
 * its programs run as the system's user nobody, who must be able to read where they are.
 */
final class PostgresFiles {
    private static final String PACKED = "/postgres-linux-x86_64.txz";
    private static final String NOBODY = "65534";

    /** Null before somebody has asked. */
    private static Path unpacked;

    private PostgresFiles() {}

    /** The command line of one of its programs. Where there is none for this machine, the test is skipped. */
    static synchronized List<String> command(String program, String... arguments) {
        if (unpacked == null) {
            unpacked = unpack();
        }
        List<String> line = new ArrayList<>();
        if (isRoot()) {
            line.addAll(List.of(
                    Program.SETPRIV.require().toString(), "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"));
        }
        line.add(unpacked.resolve("bin").resolve(program).toString());
        line.addAll(List.of(arguments));
        return line;
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** Gives a file or directory to whoever the programs run as. */
    static void give(Path file) throws IOException {
        if (isRoot()) {
            Files.setOwner(
                    file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("nobody"));
        }
    }

    private static Path unpack() {
        if (!System.getProperty("os.name").equals("Linux")
                || !System.getProperty("os.arch").equals("amd64")) {
            abort("no PostgreSQL. Its programs for the tests are for Linux on x86-64 only");
        }
        Program.XZ.require();
        try {
            Path directory = Files.createTempDirectory("test-postgres-programs");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
            give(directory);
            Path packed = directory.resolve("packed.txz");
            try (InputStream from = PostgresFiles.class.getResourceAsStream(PACKED)) {
                Files.copy(from, packed, StandardCopyOption.REPLACE_EXISTING);
            }
            run(List.of("tar", "-xJf", packed.toString(), "-C", directory.toString()));
            Files.delete(packed);
            return directory;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it to its end. */
    static void run(List<String> line) throws IOException {
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException(line + ": " + said);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
