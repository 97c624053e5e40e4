/**
 * What makes executors exist, by master: threads in this JVM, processes on this machine, and whatever a {@link
 * dev.kindling.driver.launch.ClusterLauncherProvider} brings. The one place of the driver that knows the executor's
 * classes, apart from the simulation and the test kit.
 *
 * <p>Start reading at {@link dev.kindling.driver.launch.MasterUrl} and {@link
 * dev.kindling.driver.launch.ClusterLauncher}.
 */
package dev.kindling.driver.launch;
