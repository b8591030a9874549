/** What operators see of a node and do to it: readiness, drain, and a view of all at one moment. */
package io.roomcast.service.operations;
