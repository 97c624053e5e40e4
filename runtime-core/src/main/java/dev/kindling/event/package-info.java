/**
 * What happens in an application, as facts: one family of records for listeners, log and status, and the bus that
 * carries them.
 *
 * <p>May depend on: api, util, protocol. Start reading at {@link dev.kindling.event.AppEvent}.
 */
package dev.kindling.event;
