/**
 * What a simulation stands on: a virtual clock with one queue, a network that loses, doubles and delays bytes, a plan
 * of faults that a seed draws. Everything in one thread; the same seed is the same run, event by event.
 *
 * <p>Knows nothing of drivers and executors. May depend on the JDK only.
 *
 * <p>Start reading at {@link dev.kindling.sim.SimWorld}.
 */
package dev.kindling.sim;
