package io.roomcast.it.interop;

import io.roomcast.support.machine.TestProcess;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;

/** A package for Node.js in a JAR that Maven has fetched. */
final class WebJar {
    private WebJar() {}

    /** The directory of the package, below {@code target}; each process of the test run has its own. */
    static Path unpacked(String name) throws IOException {
        String root = "META-INF/resources/webjars/" + name;
        URI inside = URI.create(String.valueOf(WebJar.class.getClassLoader().getResource(root)));
        URI jar = URI.create(inside.toString().replaceFirst("!.*", ""));
        Path target = Path.of("target", "node", TestProcess.id(), name).toAbsolutePath();
        try (FileSystem files = FileSystems.newFileSystem(jar, Map.of());
                Stream<Path> versions = Files.list(files.getPath(root))) {
            Path version = versions.findFirst().orElseThrow();
            try (Stream<Path> sources = Files.walk(version)) {
                for (Path source : sources.filter(Files::isRegularFile).toList()) {
                    Path copy = target.resolve(version.relativize(source).toString());
                    Files.createDirectories(copy.getParent());
                    Files.write(copy, Files.readAllBytes(source));
                }
            }
        }
        return target;
    }
}
