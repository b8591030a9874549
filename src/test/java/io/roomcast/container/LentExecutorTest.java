package io.roomcast.container;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.roomcast.config.ConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

class LentExecutorTest {
    private final List<String> ran = new ArrayList<>();

    @Test
    void tasksRunOnTheServersExecutor() {
        new LentExecutor("lent", Runnable::run, task -> ran.add("fallback")).execute(() -> ran.add("lent"));
        assertEquals(List.of("lent"), ran);
    }

    @Test
    void aRefusedTaskIsNotLost() {
        LentExecutor executor = new LentExecutor(
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
                assertThrows(ConfigException.class, () -> new LentExecutor("java:comp/none", Runnable::run));
        assertTrue(
                wrong.getMessage().startsWith("roomcast.executor=java:comp/none is not in JNDI"), wrong.getMessage());
    }
}
