/**
 * What an engine provides to the public API: {@code SessionProvider} is looked up by {@code ServiceLoader}, a
 * {@code Session} is one open application. Users do not need it.
 */
package dev.kindling.api.spi;
