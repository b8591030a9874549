package io.roomcast.load;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import javax.net.ssl.SSLContext;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/**
 * The load tester's command line. Exits with 0 where every delivery was right, 1 where one was not or somebody was
 * refused, and 2 where it was asked for what it cannot do.
 */
public final class LoadTester {
    static final int RIGHT = 0;
    static final int WRONG = 1;
    static final int NOT_RUN = 2;

    private final LoadOptions options;
    private final PrintStream out;
    private final SSLContext trust;
    private final Tally tally = new Tally();
    private final ServerView server;
    private final Progress progress;
    private List<NodeInfo> nodes = List.of();

    private LoadTester(LoadOptions options, PrintStream out) {
        this.options = options;
        this.out = out;
        this.trust = Trust.context(options.insecure);
        this.server = new ServerView(options.endpoints(), options.pids, trust);
        this.progress = new Progress(tally, server, out);
    }

    public static void main(String[] arguments) throws InterruptedException {
        int exit = run(arguments, System.out);
        if (exit != RIGHT) {
            System.exit(exit);
        }
    }

    /** As from a shell. @return what the process would exit with */
    static int run(String[] arguments, PrintStream out) throws InterruptedException {
        LoadOptions options = new LoadOptions();
        CommandLine commandLine = new CommandLine(options);
        commandLine.setOut(new PrintWriter(out, true, StandardCharsets.UTF_8));
        try {
            CommandLine.ParseResult parsed = commandLine.parseArgs(arguments);
            if (CommandLine.printHelpIfRequested(parsed)) {
                return RIGHT;
            }
        } catch (ParameterException e) {
            out.println("load: " + e.getMessage() + "; --help lists the options");
            return NOT_RUN;
        }
        LoadTester test = new LoadTester(options, out);
        List<String> problems = options.problems();
        if (problems.isEmpty()) {
            String unreachable = test.server.problem();
            problems = unreachable == null ? List.of() : List.of(unreachable);
        }
        problems.forEach(problem -> out.println("load: " + problem));
        return problems.isEmpty() ? test.run() : NOT_RUN;
    }

    private int run() throws InterruptedException {
        nodes = server.nodes();
        ServerView.Memory before = server.memory();
        try (Fleet fleet = new Fleet(options, trust, tally)) {
            progress.fleet(fleet);
            Report report = options.search ? search(fleet, before) : hold(fleet, before);
            PhaseTable.lines(progress).forEach(out::println);
            report.lines().forEach(out::println);
            for (NodeInfo node : nodes) {
                out.println("limits of " + Report.address(node) + ": " + String.join(" ", node.limitWords()));
            }
            write(report);
            return report.isGood() ? RIGHT : WRONG;
        }
    }

    private Report hold(Fleet fleet, ServerView.Memory before) throws InterruptedException {
        long began = System.nanoTime();
        progress.phase("connect", options.connections, false);
        fleet.growTo(options.connections, progress);
        double rampSeconds = (System.nanoTime() - began) / 1e9;
        int connected = fleet.joinedNow();
        ServerView.Memory full = server.memory();
        progress.phase("warm-up", options.connections, false);
        fleet.publish(true);
        progress.waitFor(options.warmup.toMillis());
        progress.phase("hold", options.connections, true);
        progress.waitFor(options.hold.toMillis());
        settle(fleet);
        return new Report(
                options, tally, progress, nodes, new Report.Connecting(connected, rampSeconds, before, full), null);
    }

    private Report search(Fleet fleet, ServerView.Memory before) throws InterruptedException {
        long began = System.nanoTime();
        Search search = new Search(options, tally, fleet, progress, out);
        int held = search.run();
        double seconds = (System.nanoTime() - began) / 1e9;
        ServerView.Memory full = server.memory();
        settle(fleet);
        return new Report(
                options,
                tally,
                progress,
                nodes,
                new Report.Connecting(fleet.joinedNow(), seconds, before, full),
                new Report.Found(held, search.why()));
    }

    private void settle(Fleet fleet) throws InterruptedException {
        progress.phase("settle", fleet.size(), false);
        Settling.await(fleet, tally, progress);
        progress.end();
        tally.lost.add(fleet.missing());
        tally.unanswered.add(fleet.unanswered());
        tally.away.add(fleet.away());
    }

    private void write(Report report) {
        try {
            Files.writeString(options.report, HtmlReport.of(report));
            out.println("picture: " + options.report.toAbsolutePath());
        } catch (IOException e) {
            out.println("load: --report " + options.report + ": cannot be written: " + e.getMessage());
        }
    }
}
