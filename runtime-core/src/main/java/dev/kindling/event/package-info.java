/**
 * What happens in an application, as facts: the bus that carries the events of {@code KindlingListener} to the program's
 * listeners, to the status and to the log. One family of records serves them all.
 *
 * <p>May depend on: api, util, protocol. Start reading at {@link dev.kindling.event.EventBus}.
 */
package dev.kindling.event;
