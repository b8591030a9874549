package io.roomcast.support.postgres;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A PostgreSQL for all tests of a class, with a schema for each that asks. */
public final class TestPostgres implements BeforeAllCallback, AfterAllCallback {
    private PostgresProcess process;
    private int schemas;

    public PostgresProcess process() {
        return process;
    }

    /** The URL of a schema that is empty. */
    public String newUrl() {
        return process.newUrl("test" + ++schemas);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        process = PostgresProcess.launch();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (process != null) {
            process.close();
        }
    }
}
