/** The archive in a database, over JDBC. */
package io.roomcast.archive;
