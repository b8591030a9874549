package io.roomcast.standalone;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import javax.sql.DataSource;

/** Makes the pool of connections to the database of an archive. */
final class ArchivePool {
    private ArchivePool() {}

    /**
     * @param connections most connections
     * @param timeoutMillis how long a caller waits for one
     */
    static HikariDataSource of(DataSource database, int connections, long timeoutMillis) {
        HikariConfig settings = new HikariConfig();
        settings.setPoolName("roomcast-archive");
        settings.setDataSource(database);
        settings.setAutoCommit(false);
        settings.setMaximumPoolSize(connections);
        settings.setMinimumIdle(1);
        settings.setConnectionTimeout(timeoutMillis);
        return new HikariDataSource(settings);
    }
}
