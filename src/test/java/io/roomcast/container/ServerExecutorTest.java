package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class ServerExecutorTest {
    private final List<String> ran = new ArrayList<>();

    @Test
    void tasksRunOnTheServersExecutor() {
        new ServerExecutor("lent", Runnable::run, task -> ran.add("fallback")).execute(() -> ran.add("lent"));
        assertEquals(List.of("lent"), ran);
    }

    @Test
    void aRefusedTaskIsNotLost() {
        ServerExecutor executor = new ServerExecutor(
                "lent",
                task -> {
                    throw new RejectedExecutionException("full");
                },
                Runnable::run);
        executor.execute(() -> ran.add("first"));
        executor.execute(() -> ran.add("second"));
        assertEquals(List.of("first", "second"), ran);
    }

    @Test
    void aNameThatIsNotThereIsAMistakeInTheConfiguration() {
        ConfigException wrong =
                assertThrows(ConfigException.class, () -> new ServerExecutor("java:comp/none", Runnable::run));
        assertTrue(
                wrong.getMessage().startsWith("roomcast.executor=java:comp/none is not in JNDI"), wrong.getMessage());
    }
}
