/**
 * The driver's decisions: jobs, stages, tasks, executors, map outputs, commit. Pure: events in, effects out, one
 * thread, no clock, no random source, no file, no socket.
 *
 * <p>May depend on api, event, loop, plan, protocol and storage (for the records in its effects).
 *
 * <p>Start reading at {@link dev.kindling.driver.core.DriverEvent} and {@link dev.kindling.driver.core.DriverEffect},
 * then {@link dev.kindling.driver.core.DriverCore}; docs/states.md explains every state.
 */
package dev.kindling.driver.core;
