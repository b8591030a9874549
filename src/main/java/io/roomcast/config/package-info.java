/** The {@code roomcast.*} keys: their documentation, defaults and parsers. The sources of their texts are elsewhere. */
package io.roomcast.config;
