/**
 * What surrounds a running attempt: files, blocks, memory, settings, and the order to stop, as its operators see them.
 * The executor implements it, and so does the simulation. May depend on executor.block and executor.memory. Start
 * reading at {@link dev.kindling.executor.attempt.TaskEnvironment}.
 */
package dev.kindling.executor.attempt;
