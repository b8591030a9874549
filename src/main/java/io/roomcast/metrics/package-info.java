/** What the node counts. This package only keeps the values; other packages publish them. */
package io.roomcast.metrics;
