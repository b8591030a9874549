/** MXBeans with figures and operations of the node, in the JVM's own MBean server, for consoles. */
package io.roomcast.jmx;
