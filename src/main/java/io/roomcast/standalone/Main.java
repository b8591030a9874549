package io.roomcast.standalone;

import io.roomcast.config.ArchiveKeys;
import io.roomcast.config.ConfigException;
import io.roomcast.config.Keys;
import io.roomcast.config.OperationKeys;
import io.roomcast.config.RoomcastConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** Starts the embedded server from a command line, and stops it on Ctrl-C. */
public final class Main {
    private static final int EXIT_FAILED = 1;
    private static final long START_TIMEOUT_SECONDS = 20;

    private Main() {}

    public static void main(String[] arguments) {
        int exit = run(arguments);
        if (exit != 0) {
            System.exit(exit);
        }
    }

    private static int run(String[] arguments) {
        CommandLine commandLine = new CommandLine(Options.spec());
        PrintWriter err = commandLine.getErr();
        try {
            ParseResult options = commandLine.parseArgs(arguments);
            if (CommandLine.printHelpIfRequested(options)) {
                return 0;
            }
            if (options.hasMatchedOption(Options.CHECK)) {
                Options.config(options);
                commandLine.getOut().println("The configuration is valid");
                return 0;
            }
            LogSetup.begin();
            OutOfMemoryExit.install();
            RoomcastConfig config = Options.config(options);
            if (config.get(OperationKeys.LOG_FORMAT).equals("json")) {
                LogSetup.useJson();
            }
            serve(config, commandLine.getOut());
            return 0;
        } catch (ConfigException | StartException e) {
            err.println("roomcast: " + e.getMessage().replace("\n", "\nroomcast: "));
        }
        return EXIT_FAILED;
    }

    private static void serve(RoomcastConfig config, PrintWriter out) {
        CompletableFuture<StandaloneServer> started = new CompletableFuture<>();
        CountDownLatch ended = new CountDownLatch(1);
        Thread shutdown = new Thread(
                () -> {
                    closeOnceStarted(started);
                    LastingLogs.end();
                    ended.countDown();
                },
                "roomcast-shutdown");
        try {
            // Registered before the start. A server that is stopped while it starts then keeps its files until it has
            // stopped.
            Runtime.getRuntime().addShutdownHook(shutdown);
            LastingLogs.last();
        } catch (IllegalStateException e) {
            // The process is shutting down already.
            return;
        }
        try {
            started.complete(start(config));
        } finally {
            started.cancel(false);
        }
        started.join().awaitWarmUp();
        if (shutdown.getState() == Thread.State.NEW) {
            printAddresses(config, started.join(), out);
        }
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void printAddresses(RoomcastConfig config, StandaloneServer server, PrintWriter out) {
        String host = config.get(Keys.HOST);
        String displayedHost = host.equals("127.0.0.1") || host.equals("0.0.0.0") ? "localhost" : host;
        String operations = server.operationsAddress();
        if (operations != null) {
            out.println("Metrics and the server API are on http://" + operations + "/");
        }
        String archive = server.archivePlace();
        if (archive != null) {
            boolean isUsual = config.get(ArchiveKeys.URL).isEmpty();
            out.println("Messages are kept in " + archive
                    + (isUsual ? " (--data=none keeps them in memory only)" : ", which --archive.url names"));
        }
        out.println("Roomcast is ready on http://" + displayedHost + ":" + server.port() + "/ (Ctrl-C ends it)");
        out.flush();
    }

    /** Closes the server. If it is still starting, waits for the start, but not for long. */
    private static void closeOnceStarted(CompletableFuture<StandaloneServer> started) {
        try {
            started.get(START_TIMEOUT_SECONDS, TimeUnit.SECONDS).close();
        } catch (CancellationException | ExecutionException | TimeoutException e) {
            // There is no server to close.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static StandaloneServer start(RoomcastConfig config) {
        Path webroot = Path.of(config.get(Keys.WEBROOT).isEmpty() ? "src/main/webapp" : config.get(Keys.WEBROOT));
        if (!Files.isRegularFile(webroot.resolve("index.html"))) {
            throw new StartException(Keys.WEBROOT.name() + "=" + webroot + " has no index.html: not the chat UI");
        }
        try {
            return StandaloneServer.start(config, webroot);
        } catch (IOException e) {
            OptionalInt operations = config.get(OperationKeys.PORT);
            String also = operations.isEmpty()
                    ? ""
                    : ", or on " + config.get(OperationKeys.HOST) + " port " + operations.getAsInt();
            throw new StartException("cannot listen on " + config.get(Keys.HOST) + " port " + config.get(Keys.PORT)
                    + also + ": " + e.getMessage() + "; choose others with --host and --port"
                    + (operations.isEmpty() ? "" : ", --operations.host and --operations.port"));
        }
    }
}
