package io.roomcast.load;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** A run of the load tester that is over: how it ended, and what it printed. */
record LoadRun(int exit, String printed) {

    static LoadRun with(String... arguments) throws InterruptedException {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        int exit = LoadTester.run(arguments, new PrintStream(printed, true, StandardCharsets.UTF_8));
        return new LoadRun(exit, printed.toString(StandardCharsets.UTF_8));
    }
}
