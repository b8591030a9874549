/** What operators see and do on a node: readiness, drain, and a snapshot of all sessions and rooms. */
package io.roomcast.service.operations;
