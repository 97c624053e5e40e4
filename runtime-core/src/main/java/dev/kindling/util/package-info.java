/**
 * The few helpers that several packages need; nothing here knows a word of the domain. Depends on the JDK only. Start
 * reading at {@link dev.kindling.util.ByteSizes}.
 */
package dev.kindling.util;
