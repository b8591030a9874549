package io.roomcast.support.server;

import java.io.File;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.Arrays;

/**
 * Payara Micro as a program that has it built in would use it, told by files beside the WAR what to do, as WildFly's
 * scanner is: deploys when there is {@code .dodeploy}, and undeploys when {@code .deployed} was removed. Its classes
 * are Payara's own, which the tests do not have.
 */
public final class MicroHost {
    private static final String NAME = "roomcast";

    private final Path war;
    private final Object runtime;
    private final Class<?> type;

    private MicroHost(Path war, Object runtime) throws ClassNotFoundException {
        this.war = war;
        this.runtime = runtime;
        this.type = Class.forName(
                "fish.payara.micro.PayaraMicroRuntime", true, runtime.getClass().getClassLoader());
    }

    /** @param arguments the WAR, then what Payara Micro takes */
    public static void main(String[] arguments) throws Exception {
        Class<?> micro = Class.forName("fish.payara.micro.PayaraMicro");
        String[] own = Arrays.copyOfRange(arguments, 1, arguments.length);
        micro.getMethod("main", String[].class).invoke(null, (Object) own);
        Object boot = micro.getMethod("getInstance").invoke(null);
        Class<?> bootType = Class.forName(
                "fish.payara.micro.boot.PayaraMicroBoot", true, boot.getClass().getClassLoader());
        MicroHost host = new MicroHost(
                Path.of(arguments[0]), bootType.getMethod("getRuntime").invoke(boot));
        host.deploy();
        host.obey();
    }

    private void obey() throws Exception {
        Path directory = war.toAbsolutePath().getParent();
        try (WatchService changes = directory.getFileSystem().newWatchService()) {
            directory.register(changes, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_DELETE);
            while (true) {
                look();
                WatchKey key = changes.take();
                key.pollEvents();
                key.reset();
            }
        }
    }

    private void look() throws Exception {
        if (Files.deleteIfExists(marker(".dodeploy"))) {
            deploy();
        } else if (Files.exists(war) && !Files.exists(marker(".deployed")) && !Files.exists(marker(".undeployed"))) {
            type.getMethod("undeploy", String.class).invoke(runtime, NAME);
            Files.createFile(marker(".undeployed"));
        }
    }

    private void deploy() throws ReflectiveOperationException, IOException {
        Files.deleteIfExists(marker(".undeployed"));
        if (Files.exists(settings(war))) {
            try (Reader file = Files.newBufferedReader(settings(war))) {
                System.getProperties().load(file);
            }
        }
        Object done = type.getMethod("deploy", String.class, String.class, File.class)
                .invoke(runtime, NAME, NAME, war.toFile());
        Files.createFile(marker(Boolean.TRUE.equals(done) ? ".deployed" : ".failed"));
    }

    /** A file with settings that are set before the next deployment. */
    static Path settings(Path war) {
        return war.resolveSibling("settings.properties");
    }

    private Path marker(String suffix) {
        return war.resolveSibling(war.getFileName() + suffix);
    }
}
