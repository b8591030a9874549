/** The node as a console sees it: MXBeans with figures and operations, in the JVM's own MBean server. */
package io.roomcast.jmx;
