/**
 * What tests of more than one package need: servers, clients, clocks and executors that a test steps by hand, and
 * waiting. {@code support.redis} starts Redis, {@code support.server} starts application servers, {@code
 * support.workload} has clients that record what they see, and the checkers of those records.
 */
package io.roomcast.support;
