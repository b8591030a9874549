/** The counters and durations of the node. This package only keeps the values; other packages publish them. */
package io.roomcast.metrics;
