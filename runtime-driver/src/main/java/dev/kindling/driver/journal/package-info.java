/**
 * The opt-in journal of all that reached the driver's core, and what replays it.
 *
 * <p>Role: a run of yesterday is looked at as if it went on now: the same core is given the same events at the same times,
 * and whether it decides the same is proved entry by entry. Start reading at {@link
 * dev.kindling.driver.journal.JournaledCore}; {@link dev.kindling.driver.journal.Replay} is the other side.
 *
 * <p>May depend on: {@code driver.core} and what that depends on.
 */
package dev.kindling.driver.journal;
