/** Real servers of PostgreSQL for tests. */
package io.roomcast.support.postgres;
