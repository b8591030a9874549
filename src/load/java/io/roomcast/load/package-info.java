/**
 * The load tester: thousands of WebSocket connections on a few threads, every delivery checked, and a report that can
 * be sent to a colleague. Started by {@code mvn -Pload test-compile exec:java}; see docs/performance.md.
 */
package io.roomcast.load;
