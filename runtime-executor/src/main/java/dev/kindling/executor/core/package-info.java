/**
 * The executor's decisions: what runs in its slots, what is fetched next and from whom, who gets memory. Pure: events
 * in, effects out, one thread, no clock, no random source, no file, no socket.
 *
 * <p>May depend on api, loop and protocol.
 *
 * <p>Start reading at {@link dev.kindling.executor.core.ExecutorEvent} and
 * {@link dev.kindling.executor.core.ExecutorEffect}, then {@link dev.kindling.executor.core.ExecutorCore}.
 */
package dev.kindling.executor.core;
