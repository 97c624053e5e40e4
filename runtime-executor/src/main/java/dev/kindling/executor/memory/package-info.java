/**
 * The executor's counted page memory: a lock around the arbiter, and the view each attempt has of its own part. May
 * depend on {@code executor.core}. Start reading at {@link dev.kindling.executor.memory.MemoryPool}.
 */
package dev.kindling.executor.memory;
