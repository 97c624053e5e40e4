/**
 * Events of the JDK's Flight Recorder, one class for each kind of wait that can take longer than some milliseconds:
 * what was waited for, for whom, and how much. Nothing is measured and nothing is written while nobody records.
 *
 * <p>May depend on: nothing of ours. Start reading at {@link dev.kindling.metrics.Recorder}.
 */
package dev.kindling.metrics;
