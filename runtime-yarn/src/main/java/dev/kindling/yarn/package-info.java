/**
 * Executors as containers of a Hadoop cluster, for the master {@code yarn}: what is shipped to the cluster, what is
 * asked of it, and the shell around {@link dev.kindling.yarn.core.AppMasterCore}, which decides.
 *
 * <p>May depend on {@code driver.launch}, {@code executor}, {@code yarn.core} and what is below them. One of two doors to
 * Hadoop's client. Start reading at {@link dev.kindling.yarn.YarnLauncher}.
 */
package dev.kindling.yarn;
