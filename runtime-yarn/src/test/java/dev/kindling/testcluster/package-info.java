/**
 * Hadoop's own small cluster, started in a JVM of its own: its servers and the client that Kindling ships cannot share a
 * class path.
 *
 * <p>Depends on Hadoop only. Start reading at {@link dev.kindling.testcluster.HdfsCluster}.
 */
package dev.kindling.testcluster;
