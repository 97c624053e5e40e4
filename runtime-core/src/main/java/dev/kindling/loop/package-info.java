/**
 * What decides, and what runs it: {@link dev.kindling.loop.Core} is the contract of a pure state machine,
 * {@link dev.kindling.loop.EventLoop} the one thread that feeds it events and performs its effects, and
 * {@link dev.kindling.loop.Story} the memory of what it last did.
 *
 * <p>May depend on: {@code config}, {@code util}. Start reading at {@link dev.kindling.loop.Core}.
 */
package dev.kindling.loop;
