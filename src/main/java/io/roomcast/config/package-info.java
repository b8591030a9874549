/** Every {@code roomcast.*} key: its meaning, its default, and how its text is read. Where the texts come from is not known here. */
package io.roomcast.config;
