package dev.kindling.testcluster;

import dev.kindling.testserver.CommandLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.hdfs.DFSTestUtil;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSNNTopology;
import org.apache.hadoop.hdfs.protocol.DatanodeInfo;
import org.apache.hadoop.hdfs.protocol.LocatedBlock;
import org.apache.hadoop.hdfs.server.blockmanagement.BlockManagerTestUtil;
import org.apache.hadoop.hdfs.server.datanode.DataNode;
import org.apache.hadoop.metrics2.impl.MetricsCollectorImpl;
import org.apache.hadoop.metrics2.lib.DefaultMetricsSystem;
import org.apache.hadoop.net.unix.DomainSocket;

/**
 * The process of a small HDFS. Its DataNodes listen on one address, and go by the names 127.0.0.2, 127.0.0.3 and so on, as if
 * each were a machine. Its commands:
 *
 * <pre>
 * put FILE PATH             copies a file of this machine
 * corrupt PATH              spoils the copies of a file's blocks on one of the DataNodes that have its first; answers the
 *                           port of that DataNode
 * corrupt-known             of how many blocks readers have told the NameNode that a copy is corrupt
 * stop-datanode PORT        ends the DataNode that listens there
 * start-datanodes           starts again what was ended
 * lease MS                  after how long the file of a writer that is silent may be written by another
 * sent [PORT]               how many bytes of blocks the DataNodes, or the one that listens there, have sent to readers
 * failover                  the active NameNode of two becomes the standby, and the other way round
 * </pre>
 */
public final class MiniHdfs {
    /** The argument that asks for a second NameNode. */
    static final String STANDBY = "--ha";

    /** The argument that has DataNodes hand the files of their blocks to readers of this machine. */
    static final String SHORT_CIRCUIT = "--short-circuit";

    private static final long HARD_LEASE_MS = 3_600_000;

    private final MiniDFSCluster cluster;
    private final List<MiniDFSCluster.DataNodeProperties> stopped = new ArrayList<>();

    private MiniHdfs(MiniDFSCluster cluster) {
        this.cluster = cluster;
    }

    /**
     * @param args directory of its files, number of DataNodes, port of the NameNode or 0; {@code --ha} for a standby
     *     NameNode, which is ready behind the other; {@code --short-circuit}; to be tried by hand, {@code --by-hand} and
     *     files for {@code /data}
     */
    public static void main(String[] args) throws IOException, InterruptedException {
        java.nio.file.Path directory = java.nio.file.Path.of(args[0]);
        Files.createDirectories(directory);
        Configuration settings = new HdfsConfiguration();
        settings.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.toString());
        // Small blocks, so that small files have several.
        settings.setLong("dfs.namenode.fs-limits.min-block-size", 1024);
        settings.setInt("dfs.namenode.heartbeat.recheck-interval", 500);
        settings.setInt("dfs.heartbeat.interval", 1);
        settings.setBoolean("dfs.permissions.enabled", true);
        settings.set("dfs.datanode.data.dir.perm", "700");
        if (args.length > 3 && args[3].equals(SHORT_CIRCUIT)) {
            shortCircuitSettings(directory).forEach(settings::set);
            // Whoever may write to the system's temporary directory could put another socket there.
            DomainSocket.disableBindPathValidation();
        }
        int dataNodes = Integer.parseInt(args[1]);
        MiniDFSCluster.Builder builder = new MiniDFSCluster.Builder(settings, directory.toFile())
                .numDataNodes(dataNodes)
                .hosts(IntStream.range(0, dataNodes)
                        .mapToObj(i -> "127.0.0." + (i + 2))
                        .toArray(String[]::new))
                .nameNodePort(Integer.parseInt(args[2]));
        if (args.length > 3 && args[3].equals(STANDBY)) {
            runWithStandby(
                    builder.nnTopology(MiniDFSNNTopology.simpleHATopology()).build());
        }
        MiniDFSCluster cluster = builder.build();
        cluster.waitActive();
        String uri = uriOf(cluster, 0);
        if (args.length > 3 && args[3].equals(CommandLoop.BY_HAND)) {
            for (int i = 4; i < args.length; i++) {
                Path file = new Path(java.nio.file.Path.of(args[i]).toUri());
                cluster.getFileSystem().copyFromLocalFile(file, new Path("/data/" + file.getName()));
                System.out.println("hdfs: " + args[i] + " is " + uri + "/data/" + file.getName());
            }
            CommandLoop.untilKilled("hdfs: ready at " + uri + " until Ctrl-C");
        }
        CommandLoop.run(uri, new MiniHdfs(cluster)::perform);
    }

    static Map<String, String> shortCircuitSettings(java.nio.file.Path directory) {
        return Map.of(
                "dfs.client.read.shortcircuit",
                "true",
                "dfs.domain.socket.path",
                directory.resolve("dn._PORT").toString());
    }

    private static void runWithStandby(MiniDFSCluster cluster) throws IOException {
        cluster.waitActive();
        cluster.transitionToActive(0);
        CommandLoop.run(uriOf(cluster, 0) + " " + uriOf(cluster, 1), new MiniHdfs(cluster)::perform);
    }

    private static String uriOf(MiniDFSCluster cluster, int nameNode) {
        return "hdfs://localhost:" + cluster.getNameNodePort(nameNode);
    }

    private String perform(String[] words) throws IOException {
        switch (words[0]) {
            case "stop-datanode" -> stopDataNode(Integer.parseInt(words[1]));
            case "start-datanodes" -> startDataNodes();
            case "corrupt" -> {
                return corruptOneDataNode(words[1]);
            }
            case "corrupt-known" -> {
                // Else it is as of the last time that somebody counted.
                BlockManagerTestUtil.updateState(cluster.getNamesystem().getBlockManager());
                return Long.toString(cluster.getNamesystem().getCorruptReplicaBlocks());
            }
            case "lease" -> cluster.setLeasePeriod(Long.parseLong(words[1]), HARD_LEASE_MS);
            case "failover" -> failOver();
            case "sent" -> {
                return Long.toString(bytesSent(words.length == 1 ? "" : words[1]));
            }
            case "put" -> {
                cluster.getFileSystem().copyFromLocalFile(new Path(words[1]), new Path(words[2]));
                return words[2];
            }
            default -> throw new IllegalArgumentException("no such command");
        }
        return "";
    }

    /** As the sources of the metrics have it: what is asked of them by JMX is up to ten seconds old. */
    private long bytesSent(String port) {
        MetricsCollectorImpl metrics = new MetricsCollectorImpl();
        for (DataNode dataNode : cluster.getDataNodes()) {
            if (port.isEmpty() || port.equals(Integer.toString(dataNode.getXferPort()))) {
                DefaultMetricsSystem.instance()
                        .getSource(dataNode.getMetrics().name())
                        .getMetrics(metrics, true);
            }
        }
        return metrics.getRecords().stream()
                .flatMap(source -> StreamSupport.stream(source.metrics().spliterator(), false))
                .filter(metric -> metric.name().equals("BytesRead"))
                .mapToLong(metric -> metric.value().longValue())
                .sum();
    }

    private void failOver() throws IOException {
        int active = cluster.getNameNode(0).isActiveState() ? 0 : 1;
        cluster.transitionToStandby(active);
        cluster.transitionToActive(1 - active);
    }

    /** The DataNode that listens on this port. */
    private void stopDataNode(int port) {
        for (int i = 0; i < cluster.getDataNodes().size(); i++) {
            if (cluster.getDataNodes().get(i).getXferPort() == port) {
                stopped.add(cluster.stopDataNode(i));
                return;
            }
        }
        throw new IllegalArgumentException("no DataNode has port " + port);
    }

    private void startDataNodes() throws IOException {
        for (MiniDFSCluster.DataNodeProperties dataNode : stopped) {
            cluster.restartDataNode(dataNode, true);
        }
        stopped.clear();
        cluster.waitActive();
    }

    private String corruptOneDataNode(String path) throws IOException {
        List<LocatedBlock> blocks = DFSTestUtil.getAllBlocks(cluster.getFileSystem(), new Path(path));
        DatanodeInfo holder = blocks.get(0).getLocations()[0];
        for (LocatedBlock block : blocks) {
            if (List.of(block.getLocations()).contains(holder)) {
                cluster.corruptReplica(cluster.getDataNode(holder.getIpcPort()), block.getBlock());
            }
        }
        return Integer.toString(holder.getXferPort());
    }
}
