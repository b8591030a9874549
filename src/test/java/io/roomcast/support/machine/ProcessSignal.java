package io.roomcast.support.machine;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A signal for another process. */
public enum ProcessSignal {
    /** Lets a process stand still: its connections stay open, and nothing is answered. */
    STOP,
    /** Lets it go on. */
    CONT;

    public void sendTo(Process process) {
        sendTo(process.toHandle());
    }

    public void sendTo(ProcessHandle process) {
        try {
            new ProcessBuilder("kill", "-" + name(), String.valueOf(process.pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
