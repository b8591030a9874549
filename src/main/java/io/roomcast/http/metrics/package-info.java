/** The metrics of the node for Prometheus and StatsD. */
package io.roomcast.http.metrics;
