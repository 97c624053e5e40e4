/**
 * A whole cluster in one thread and in virtual time: the real cores of driver and executors, the real frame codec, the
 * real operators over disks in memory, with faults drawn by a seed. A feature ({@code kindling sim}), the main test of
 * the control plane, and a way to watch a job run.
 *
 * <p>May depend on everything but the shells. Start reading at {@link dev.kindling.driver.sim.Simulation}, then
 * SimCluster.
 */
package dev.kindling.driver.sim;
